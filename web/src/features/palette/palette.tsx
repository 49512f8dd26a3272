/** The command palette: everything the console can do, found by typing. */
import { Search } from 'lucide-react';
import { Fragment, type KeyboardEvent, useId, useState } from 'react';
import { flushSync } from 'react-dom';
import { classNames } from '../../ui/class-names.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { findCommands, type PaletteCommand } from './palette-commands.ts';

export interface PaletteProps {
  readonly commands: readonly PaletteCommand[];
  readonly onClose: () => void;
}

export function Palette({ commands, onClose }: PaletteProps) {
  const [search, setSearch] = useState('');
  const [selected, setSelected] = useState(0);
  const listId = useId();
  const found = findCommands(commands, search);
  const current = Math.min(selected, found.length - 1);
  const choose = (command: PaletteCommand | undefined) => {
    if (command === undefined) return;
    flushSync(onClose); // while the dialog is open nothing behind it takes the focus
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setSelected((current + 1) % Math.max(1, found.length));
    else if (event.key === 'ArrowUp') setSelected((current + found.length - 1) % Math.max(1, found.length));
    else if (event.key === 'Enter') choose(found[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Command palette" hideTitle onClose={onClose} className="!mt-[12vh] !mb-auto">
      <div className="flex items-center gap-2 border-line border-b px-3">
        <Search size={16} aria-hidden="true" className="text-faint" />
        <input
          data-autofocus
          role="combobox"
          aria-label="Search commands and chats"
          aria-expanded={found.length > 0}
          aria-controls={found.length > 0 ? listId : undefined}
          aria-activedescendant={found.length > 0 ? `${listId}-${current}` : undefined}
          placeholder="Go to a chat or run a command"
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setSelected(0);
          }}
          onKeyDown={onKeyDown}
          className="h-11 min-w-0 flex-1 bg-transparent outline-none coarse:text-base"
        />
      </div>
      {found.length === 0 ? (
        <p role="status" className="px-3 py-7 text-center text-muted">
          Nothing is called like that.
        </p>
      ) : (
        <div id={listId} role="listbox" aria-label="Commands" className="max-h-[50vh] overflow-y-auto p-1">
          {found.map((command, index) => (
            <Fragment key={command.id}>
              {command.group !== found[index - 1]?.group && search === '' && (
                <div role="presentation" className="px-2 pt-2 pb-1 text-faint text-xs">
                  {command.group}
                </div>
              )}
              <Option
                id={`${listId}-${index}`}
                command={command}
                isCurrent={index === current}
                onChoose={choose}
              />
            </Fragment>
          ))}
        </div>
      )}
    </Dialog>
  );
}

interface OptionProps {
  readonly id: string;
  readonly command: PaletteCommand;
  readonly isCurrent: boolean;
  readonly onChoose: (command: PaletteCommand) => void;
}

function Option({ id, command, isCurrent, onChoose }: OptionProps) {
  const intoView = (element: HTMLDivElement | null) => {
    if (isCurrent) element?.scrollIntoView({ block: 'nearest' });
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the text field that owns the list
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text field (aria-activedescendant)
    <div
      id={id}
      ref={intoView}
      role="option"
      aria-selected={isCurrent}
      onClick={() => onChoose(command)}
      className={classNames(
        'flex h-9 items-center justify-between gap-3 rounded px-2 hover:bg-raised coarse:h-11',
        isCurrent && 'bg-hover',
      )}
    >
      <span className="truncate">{command.title}</span>
      {command.keys !== undefined && <KeyHint keys={command.keys} />}
    </div>
  );
}
