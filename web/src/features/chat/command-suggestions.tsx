/** The list of chat commands above the composer. The focus stays in the text field. */
import { classNames } from '../../ui/class-names.ts';
import type { SlashCommand } from './slash-commands.ts';

export interface CommandSuggestionsProps {
  readonly id: string;
  readonly commands: readonly SlashCommand[];
  readonly current: number;
  readonly onPick: (command: SlashCommand) => void;
}

export function CommandSuggestions({ id, commands, current, onPick }: CommandSuggestionsProps) {
  if (commands.length === 0) return null;
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Commands"
      className="absolute right-4 bottom-full left-4 z-10 mb-1 rounded-md bg-floating p-1 shadow-float animate-rise"
    >
      {commands.map((command, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the text field that owns the list
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text field (aria-activedescendant)
        <div
          key={command.name}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === current}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(command)}
          className={classNames(
            'flex h-8 items-center gap-3 rounded px-2 coarse:h-10',
            index === current && 'bg-hover',
          )}
        >
          <span className="w-20 shrink-0 font-mono text-mono">{command.name}</span>
          <span className="truncate text-muted">{command.summary}</span>
        </div>
      ))}
    </div>
  );
}
