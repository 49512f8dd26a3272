/** A form for a map or a list of entries: each with its fields, ways to add one and to take one out. */
import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { fieldStyle } from '../../../ui/field-style.ts';
import type { EditorProps } from './editor-props.ts';
import { type Entries, entriesOf, withEntry, withoutEntry } from './entries.ts';
import { EntryCard } from './entry-card.tsx';

export interface EntriesEditorProps extends EditorProps {
  readonly entries: Entries;
}

export function EntriesEditor({ entries, ...props }: EntriesEditorProps) {
  const { setting, value, stored, id, isDisabled, onEdit } = props;
  const shown = entriesOf(entries, value);
  const before = new Map(entriesOf(entries, stored).map((entry) => [entry.name, entry.value]));
  const isScalar = entries.fields[0]?.key === '';
  return (
    // The label of the key names this group, as it names the field of other keys.
    <fieldset
      aria-label={`Entries of ${setting.key}`}
      aria-describedby={props.describedBy}
      className="w-full"
    >
      <ul className="flex flex-col gap-2">
        {shown.map(({ name, value: entry }) =>
          entry === null ? null : (
            <EntryCard
              key={name}
              {...props}
              id={`${id}-${name}`}
              title={entries.container === 'map' ? name : `${Number(name) + 1}.`}
              fields={entries.fields}
              entry={entry}
              storedEntry={before.get(name) ?? null}
              onChange={(next) =>
                onEdit({ kind: 'value', value: withEntry(entries, value, { name, value: next }) })
              }
              onProblem={(reason) =>
                onEdit({ kind: 'invalid', text: JSON.stringify(value, null, 2), reason, value })
              }
              onRemove={() => onEdit({ kind: 'value', value: withoutEntry(entries, value, name) })}
            />
          ),
        )}
        {shown.length === 0 && <li className="text-muted text-xs">No entries.</li>}
      </ul>
      {!isDisabled && (
        <NewEntry
          id={id}
          settingKey={setting.key}
          isNamed={entries.container === 'map'}
          taken={shown.map(({ name }) => name)}
          onAdd={(name) => {
            const first = isScalar ? (entries.fields[0]?.values[0] ?? 0) : {};
            onEdit({ kind: 'value', value: withEntry(entries, value, { name, value: first }) });
          }}
        />
      )}
    </fieldset>
  );
}

interface NewEntryProps {
  readonly id: string;
  readonly settingKey: string;
  /** Entries of a map have names, those of a list the next place. */
  readonly isNamed: boolean;
  readonly taken: readonly string[];
  readonly onAdd: (name: string) => void;
}

function NewEntry({ id, settingKey, isNamed, taken, onAdd }: NewEntryProps) {
  const [typed, setTyped] = useState('');
  const name = isNamed ? typed.trim() : String(taken.length);
  const canAdd = name !== '' && !taken.includes(name);
  const add = () => {
    if (!canAdd) return;
    onAdd(name);
    setTyped('');
  };
  return (
    <div className="mt-2 flex gap-2">
      {isNamed && (
        <input
          id={id}
          type="text"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          placeholder="Name of a new entry"
          className={fieldStyle(false, 'h-8 max-w-64 coarse:h-10')}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') add();
          }}
        />
      )}
      <Button
        id={isNamed ? undefined : id}
        aria-label={`Add an entry to ${settingKey}`}
        disabled={!canAdd}
        onClick={add}
      >
        Add
      </Button>
    </div>
  );
}
