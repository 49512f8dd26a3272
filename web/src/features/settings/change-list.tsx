/** What saving would change, line by line: from what the file says to what it will say. */
import type { ConfigPage, SettingBody } from '../../api/types.ts';
import { classNames } from '../../ui/class-names.ts';
import type { Edits } from './edits.ts';
import { lineDiff } from './line-diff.ts';
import { nestedChanges } from './nested-changes.ts';
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
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <code className="font-mono text-mono [overflow-wrap:anywhere]">{setting.key}</code>
              <span className={classNames('text-xs', setting.live ? 'text-muted' : 'text-warning')}>
                {setting.live ? 'at once' : 'after a restart'}
              </span>
            </div>
            <Change setting={setting} draft={draft} stored={storedValue(page.config, setting.key)} />
          </li>
        );
      })}
    </ul>
  );
}

interface ChangeProps {
  readonly setting: SettingBody;
  readonly draft: Draft;
  readonly stored: unknown;
}

function Change({ setting, draft, stored }: ChangeProps) {
  if (setting.kind !== 'json' || draft.kind !== 'value') {
    return <FromTo from={describeValue(setting, stored)} to={describeDraft(setting, draft)} />;
  }
  if (setting.entries === null) return <LineChanges before={stored} after={draft.value} />;
  return nestedChanges(setting.entries, stored, draft.value).map(({ name, from, to }) => (
    <div key={name} className="flex flex-wrap items-baseline gap-x-3">
      <code className="font-mono text-muted text-mono [overflow-wrap:anywhere]">{name}</code>
      <FromTo from={from} to={to} />
    </div>
  ));
}

interface FromToProps {
  /** `null`: there was nothing, or will be nothing. */
  readonly from: string | null;
  readonly to: string | null;
}

function FromTo({ from, to }: FromToProps) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-2 [overflow-wrap:anywhere]">
      {from !== null && (
        <del className={classNames('text-danger', to === null && 'no-underline')}>{from}</del>
      )}
      {from !== null && to !== null && (
        <>
          <span aria-hidden="true" className="text-muted">
            →
          </span>
          <span className="sr-only">becomes</span>
        </>
      )}
      {to !== null && <ins className="text-accent no-underline">{to}</ins>}
    </div>
  );
}

function LineChanges({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const { removed, added } = lineDiff(JSON.stringify(before, null, 2), JSON.stringify(after, null, 2));
  return (
    <pre className="whitespace-pre-wrap font-mono text-mono [overflow-wrap:anywhere]">
      {removed.length > 0 && <del className="block text-danger no-underline">{prefixed('- ', removed)}</del>}
      {added.length > 0 && <ins className="block text-accent no-underline">{prefixed('+ ', added)}</ins>}
    </pre>
  );
}

function prefixed(prefix: string, lines: readonly string[]): string {
  return lines.map((line) => `${prefix}${line}`).join('\n');
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
