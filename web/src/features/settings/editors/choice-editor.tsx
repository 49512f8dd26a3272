/** One of a few words; a flag that may be absent is one of them too. */
import { fieldStyle } from '../../../ui/field-style.ts';
import type { EditorProps } from './editor-props.ts';

const NOT_SET = '';

export function ChoiceEditor({ setting, value, isDisabled, isInvalid, onEdit, ...field }: EditorProps) {
  const isFlag = setting.kind === 'flag';
  const words = isFlag ? ['true', 'false'] : setting.values;
  const current = value === null ? NOT_SET : String(value);
  const options = words.includes(current) || current === NOT_SET ? words : [current, ...words];
  return (
    <select
      id={field.id}
      aria-describedby={field.describedBy}
      aria-invalid={isInvalid}
      disabled={isDisabled}
      value={current}
      className={fieldStyle(isInvalid, 'h-8 coarse:h-10')}
      onChange={({ target: { value: word } }) => {
        if (word === NOT_SET) onEdit({ kind: 'default' });
        else onEdit({ kind: 'value', value: isFlag ? word === 'true' : word });
      }}
    >
      {(setting.default === null || current === NOT_SET) && <option value={NOT_SET}>not set</option>}
      {options.map((word) => (
        <option key={word} value={word}>
          {word}
        </option>
      ))}
    </select>
  );
}
