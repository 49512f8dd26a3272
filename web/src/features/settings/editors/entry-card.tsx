/** One entry of a nested value: its name and its fields. */
import { useState } from 'react';
import type { SettingFieldBody } from '../../../api/types.ts';
import { Button } from '../../../ui/button.tsx';
import { classNames } from '../../../ui/class-names.ts';
import { DocText } from '../../../ui/doc-text.tsx';
import { type Draft, MASK } from '../setting-value.ts';
import type { EditorProps } from './editor-props.ts';
import { fieldOf, withField } from './entries.ts';
import { ValueEditor } from './value-editor.tsx';

export interface EntryCardProps extends EditorProps {
  readonly title: string;
  readonly fields: readonly SettingFieldBody[];
  readonly entry: unknown;
  readonly storedEntry: unknown;
  readonly onChange: (entry: unknown) => void;
  /** What was typed into a field is no value. */
  readonly onProblem: (reason: string) => void;
  readonly onRemove: () => void;
}

export function EntryCard(props: EntryCardProps) {
  const { setting, title, fields, entry, storedEntry, isDisabled, onChange, onProblem, onRemove } = props;
  // Shown only while the key as a whole is no value, so that undoing its edits undoes them too.
  const [invalid, setInvalid] = useState<{ readonly key: string; readonly text: string } | null>(null);
  const edit = (field: SettingFieldBody, draft: Draft) => {
    if (draft.kind === 'invalid') {
      setInvalid({ key: field.key, text: draft.text });
      onProblem(`${title} ${field.key} ${lowerFirst(draft.reason)}`);
      return;
    }
    setInvalid(null);
    onChange(withField(entry, field.key, draft.kind === 'default' ? undefined : draft.value));
  };
  return (
    <li className="flex flex-col gap-2 rounded-md border border-line p-2.5">
      <div className="flex items-center justify-between gap-2">
        <span className="font-medium font-mono text-mono [overflow-wrap:anywhere]">{title}</span>
        {!isDisabled && (
          <Button aria-label={`Remove ${title} from ${setting.key}`} onClick={onRemove}>
            Remove
          </Button>
        )}
      </div>
      <div className={classNames('grid gap-x-4 gap-y-3', fields.length > 1 && 'md:grid-cols-2')}>
        {fields.map((field) => (
          <EntryField
            key={field.key}
            {...props}
            setting={field}
            title={title}
            id={`${props.id}-${field.key}`}
            value={fieldOf(entry, field.key)}
            stored={fieldOf(storedEntry, field.key)}
            text={props.isInvalid && invalid?.key === field.key ? invalid.text : null}
            isInvalid={props.isInvalid && invalid?.key === field.key}
            onEdit={(draft) => edit(field, draft)}
          />
        ))}
      </div>
    </li>
  );
}

interface EntryFieldProps extends EditorProps {
  /** Of the entry. */
  readonly title: string;
}

function EntryField({ title, ...props }: EntryFieldProps) {
  const { setting, id, value, stored, isDisabled, onEdit } = props;
  const isSecret = setting.kind === 'secret';
  const isTyped = isSecret && value !== null && value !== stored && value !== MASK;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-mono text-muted text-xs">
        <span className="sr-only">{title} </span>
        {setting.key}
      </label>
      <ValueEditor {...props} describedBy={`${id}-doc`} text={isTyped ? String(value) : props.text} />
      <p id={`${id}-doc`} className="text-muted text-xs [overflow-wrap:anywhere]">
        <DocText>{setting.description}</DocText>
      </p>
      {isSecret && stored !== null && value !== null && !isDisabled && (
        <Button
          tone="ghost"
          aria-label={`Clear ${title} ${setting.key}`}
          onClick={() => onEdit({ kind: 'value', value: null })}
          className="!h-6 !px-0 w-fit text-xs underline coarse:!h-8"
        >
          Clear
        </Button>
      )}
    </div>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
