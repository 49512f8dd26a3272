/** A field of one line for texts and numbers, a larger one for lists (an item a line) and nested values (JSON). */
import { use } from 'react';
import { fieldStyle } from '../../../ui/field-style.ts';
import { readText, textOfValue } from '../setting-value.ts';
import { SuggestionsContext } from '../suggestions.ts';
import type { EditorProps } from './editor-props.ts';

const MIN_ROWS = 2;
const MAX_ROWS = 12;

export function LineEditor(props: EditorProps) {
  const { setting, value, text, id, describedBy, isDisabled, isInvalid, onEdit } = props;
  const suggested = use(SuggestionsContext).get(setting.key) ?? [];
  const listId = `${id}-suggestions`;
  return (
    <>
      <input
        id={id}
        type="text"
        inputMode={setting.kind === 'number' ? 'decimal' : 'text'}
        list={suggested.length > 0 ? listId : undefined}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={describedBy}
        aria-invalid={isInvalid}
        disabled={isDisabled}
        value={text ?? textOfValue(setting, value)}
        placeholder={setting.default === null ? 'not set' : undefined}
        className={fieldStyle(isInvalid, 'h-8 tabular-nums coarse:h-10')}
        onChange={(event) => onEdit(readText(setting, event.target.value, value))}
      />
      {suggested.length > 0 && (
        <datalist id={listId}>
          {suggested.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      )}
    </>
  );
}

export function AreaEditor({ setting, value, text, isDisabled, isInvalid, onEdit, ...field }: EditorProps) {
  const shown = text ?? textOfValue(setting, value);
  const lines = shown.split('\n').length + (isDisabled ? 0 : 1);
  return (
    <textarea
      id={field.id}
      autoComplete="off"
      spellCheck={false}
      wrap="off"
      rows={Math.min(Math.max(lines, MIN_ROWS), MAX_ROWS)}
      aria-describedby={field.describedBy}
      aria-invalid={isInvalid}
      disabled={isDisabled}
      value={shown}
      placeholder={setting.kind === 'list' ? 'One item a line' : undefined}
      className={fieldStyle(isInvalid, 'resize-y py-1.5 font-mono text-mono')}
      onChange={(event) => onEdit(readText(setting, event.target.value, value))}
    />
  );
}
