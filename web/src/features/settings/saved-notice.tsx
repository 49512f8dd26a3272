/** What became of a change: which keys are in force, which wait for a restart. */
import type { ConfigUpdateBody } from '../../api/types.ts';
import { Notice } from '../../ui/notice.tsx';

export function SavedNotice({ update }: { readonly update: ConfigUpdateBody }) {
  const { applied, restart_required: waiting } = update;
  return (
    <Notice tone="success">
      <p>Saved.</p>
      {applied.length > 0 && <KeyLine title="In force now:" keys={applied} />}
      {waiting.length > 0 && <KeyLine title="In force after a restart:" keys={waiting} />}
    </Notice>
  );
}

function KeyLine({ title, keys }: { readonly title: string; readonly keys: readonly string[] }) {
  return (
    <p>
      {title} <code className="font-mono text-mono">{keys.join(', ')}</code>
    </p>
  );
}
