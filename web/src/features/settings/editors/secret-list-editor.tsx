/**
 * A list of credentials.
 *
 * Invariant: what is stored keeps its place, because the server tells masked entries apart by their place alone; `null`
 * stands where one is taken out, new ones come last.
 */
import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { classNames } from '../../../ui/class-names.ts';
import { fieldStyle } from '../../../ui/field-style.ts';
import { describeSecret } from '../setting-value.ts';
import type { EditorProps } from './editor-props.ts';

export function SecretListEditor({ setting, value, stored, isDisabled, onEdit, ...field }: EditorProps) {
  const [typed, setTyped] = useState('');
  const before = asList(stored);
  const items = asList(value);
  const save = (next: readonly unknown[]) => onEdit({ kind: 'value', value: next });
  const add = () => {
    if (typed.trim() === '') return;
    save([...items, typed.trim()]);
    setTyped('');
  };
  const flip = (index: number) => {
    if (index >= before.length) save(items.filter((_, place) => place !== index));
    else save(items.map((item, place) => (place === index ? flipped(item, before[index]) : item)));
  };
  return (
    <div className="flex flex-col gap-2">
      {items.length > 0 && (
        <ul aria-label={`Entries of ${setting.key}`} className="flex flex-col gap-1">
          {items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells entries apart
            <li key={index} className="flex min-h-8 items-center justify-between gap-2">
              <span className={classNames(item === null && 'text-muted line-through')}>
                {index + 1}. {describeSecret(String(item ?? before[index]))}
              </span>
              {!isDisabled && (
                <Button
                  aria-label={`${item === null ? 'Keep' : 'Remove'} entry ${index + 1} of ${setting.key}`}
                  onClick={() => flip(index)}
                >
                  {item === null ? 'Keep' : 'Remove'}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <div className="flex gap-2">
        <input
          id={field.id}
          type="password"
          autoComplete="new-password"
          aria-describedby={field.describedBy}
          disabled={isDisabled}
          value={typed}
          placeholder={isDisabled && items.length === 0 ? 'not set' : 'Another one'}
          className={fieldStyle(field.isInvalid, 'h-8 coarse:h-10')}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={add} // what was typed and not added would not be saved
          onKeyDown={(event) => {
            if (event.key === 'Enter') add();
          }}
        />
        <Button disabled={isDisabled || typed.trim() === ''} onClick={add}>
          Add
        </Button>
      </div>
    </div>
  );
}

function flipped(item: unknown, stored: unknown): unknown {
  return item === null ? stored : null;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
