/** One key: what it is called, what it means, what it is, and the field to change it. */
import { memo, useId } from 'react';
import type { ConfigPage, SettingBody } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { DocText } from '../../ui/doc-text.tsx';
import { Badge } from '../../ui/page.tsx';
import { SettingEditor } from './editors/setting-editor.tsx';
import type { EditAction } from './edits.ts';
import { focusField, rowId } from './point-at.ts';
import { boundsText, type Draft, describeValue, storedValue } from './setting-value.ts';

export interface SettingRowProps {
  readonly setting: SettingBody;
  readonly page: ConfigPage;
  readonly draft: Draft | undefined;
  /** The server's reason. */
  readonly refusal: string | undefined;
  readonly isReadOnly: boolean;
  /** A link points at it. */
  readonly isPinned: boolean;
  readonly dispatch: (action: EditAction) => void;
}

/** Kinds whose field takes the whole width. */
const WIDE: ReadonlySet<SettingBody['kind']> = new Set(['list', 'json', 'secret_list']);

export const SettingRow = memo(function SettingRow(props: SettingRowProps) {
  const { setting, page, draft, refusal, isReadOnly, isPinned, dispatch } = props;
  const id = useId();
  const { key } = setting;
  const stored = storedValue(page.config, key);
  const problem = draft?.kind === 'invalid' ? draft.reason : refusal;
  const isWide = WIDE.has(setting.kind);
  return (
    <li
      id={rowId(key)}
      className={classNames(
        'grid gap-x-6 gap-y-2 px-3 py-3',
        isPinned && 'bg-surface shadow-[inset_2px_0_0_var(--info)]',
        !isWide && 'md:grid-cols-[minmax(0,1fr)_16rem]',
        draft !== undefined && 'shadow-[inset_2px_0_0_var(--accent)]',
      )}
    >
      <div className="flex min-w-0 flex-col gap-0.5">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <label htmlFor={id} className="font-medium font-mono text-mono [overflow-wrap:anywhere]">
            {key}
          </label>
          <State isWritten={page.written_keys.includes(key)} draft={draft} />
        </div>
        <p id={`${id}-doc`} className="text-muted text-xs [overflow-wrap:anywhere]">
          <DocText>{setting.description}</DocText>
        </p>
      </div>
      <div className="flex min-w-0 flex-col gap-1">
        <SettingEditor
          setting={setting}
          entries={setting.entries}
          id={id}
          describedBy={`${id}-doc ${id}-note`}
          value={editedValue(setting, draft, stored)}
          stored={stored}
          text={draft === undefined || draft.kind === 'default' ? null : (draft.text ?? null)}
          isDisabled={isReadOnly}
          isInvalid={problem !== undefined}
          onEdit={(next) => dispatch({ kind: 'edit', setting, draft: next, page })}
        />
        <div id={`${id}-note`} className="flex flex-col gap-1 text-xs">
          {problem !== undefined && (
            <p role="alert" className="text-danger [overflow-wrap:anywhere]">
              <DocText>{problem}</DocText>
            </p>
          )}
          <Note {...props} />
        </div>
      </div>
    </li>
  );
});

function editedValue(setting: SettingBody, draft: Draft | undefined, stored: unknown): unknown {
  if (draft?.kind === 'default') return setting.default;
  return draft?.value === undefined ? stored : draft.value;
}

function State({ isWritten, draft }: { readonly isWritten: boolean; readonly draft: Draft | undefined }) {
  if (draft !== undefined) return <Badge tone="good">changed</Badge>;
  return isWritten ? <Badge>set in file</Badge> : null;
}

/** The default, the bounds, and the ways back. */
function Note({ setting, page, draft, isReadOnly, dispatch }: SettingRowProps) {
  const { key } = setting;
  const bounds = boundsText(setting);
  const canReset = !isReadOnly && draft?.kind !== 'default' && page.written_keys.includes(key);
  return (
    <div className="flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1 text-muted">
      <span className="[overflow-wrap:anywhere]">
        Default: <DocText>{defaultText(setting)}</DocText>
        {bounds === null ? '' : `; ${bounds}`}
      </span>
      <span className={classNames(draft !== undefined && !setting.live && 'text-warning')}>
        {setting.live ? 'Applies at once' : 'Applies after a restart'}
      </span>
      {canReset && (
        <SmallButton
          label={`Use default of ${key}`}
          onClick={() => {
            dispatch({ kind: 'edit', setting, draft: { kind: 'default' }, page });
            focusField(key); // the button is gone then
          }}
        >
          Use default
        </SmallButton>
      )}
      {draft !== undefined && (
        <SmallButton
          label={`Undo the change of ${key}`}
          onClick={() => {
            dispatch({ kind: 'undo', key });
            focusField(key);
          }}
        >
          Undo
        </SmallButton>
      )}
    </div>
  );
}

/** Words stay words, values look like what is written. */
function defaultText(setting: SettingBody): string {
  const value = describeValue(setting, setting.default);
  const isWord = value === 'not set' || value === 'empty';
  return setting.default_text ?? (isWord ? value : `\`${value}\``);
}

interface SmallButtonProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: string;
}

function SmallButton({ label, onClick, children }: SmallButtonProps) {
  return (
    <Button
      tone="ghost"
      aria-label={label}
      onClick={onClick}
      className="!h-6 !px-0 text-xs underline coarse:!h-8"
    >
      {children}
    </Button>
  );
}
