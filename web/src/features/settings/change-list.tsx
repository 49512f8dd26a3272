/** What saving would change, line by line: from what the file says to what it will say. */
import type { ConfigPage, SettingBody } from '../../api/types.ts';
import type { Edits } from './edits.ts';
import { type Draft, describeValue, storedValue } from './setting-value.ts';

export interface ChangeListProps {
  readonly edits: Edits;
  readonly settings: readonly SettingBody[];
  readonly page: ConfigPage;
}

export function ChangeList({ edits, settings, page }: ChangeListProps) {
  return (
    <ul aria-label="Changes" className="divide-y divide-line rounded-md border border-line">
      {settings.map((setting) => {
        const draft = edits.drafts.get(setting.key);
        if (draft === undefined) return null;
        return (
          <li key={setting.key} className="flex flex-col gap-1 px-3 py-2">
            <code className="font-mono text-mono [overflow-wrap:anywhere]">{setting.key}</code>
            <div className="flex flex-wrap items-baseline gap-x-2 [overflow-wrap:anywhere]">
              <del className="text-danger">
                {describeValue(setting, storedValue(page.config, setting.key))}
              </del>
              <span aria-hidden="true" className="text-muted">
                →
              </span>
              <span className="sr-only">becomes</span>
              <ins className="text-accent no-underline">{describeDraft(setting, draft)}</ins>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function describeDraft(setting: SettingBody, draft: Draft): string {
  switch (draft.kind) {
    case 'value':
      return describeValue(setting, draft.value);
    case 'default':
      return `the default (${describeValue(setting, setting.default)})`;
    case 'invalid':
      return 'not a value';
    default:
      return draft satisfies never;
  }
}
