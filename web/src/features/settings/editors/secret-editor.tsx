/** A credential: written, never read. What is stored shows only whether it is there, or the reference that it is. */
import { fieldStyle } from '../../../ui/field-style.ts';
import { describeValue } from '../setting-value.ts';
import type { EditorProps } from './editor-props.ts';

export function SecretEditor(props: EditorProps) {
  const { setting, value, stored, text, isDisabled, isInvalid, onEdit, ...field } = props;
  const state = describeValue(setting, text === null ? value : stored);
  return (
    <input
      id={field.id}
      type="password"
      autoComplete="new-password"
      spellCheck={false}
      aria-describedby={field.describedBy}
      aria-invalid={isInvalid}
      disabled={isDisabled}
      value={text ?? ''}
      placeholder={state === 'not set' || isDisabled ? state : `${state}; type to replace`}
      className={fieldStyle(isInvalid, 'h-8 coarse:h-10')}
      onChange={({ target: { value: typed } }) => {
        // An empty field is no edit: what is stored stays.
        onEdit(
          typed === '' ? { kind: 'value', value: stored } : { kind: 'value', value: typed, text: typed },
        );
      }}
    />
  );
}
