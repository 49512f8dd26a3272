/**
 * Where messages are typed. The draft of each chat survives a reload; while an answer is written a message can be
 * sent all the same, the running answer takes it in.
 */
import { ArrowUp, Square } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useId, useState } from 'react';
import { useMediaQuery } from '../../browser/media-query.ts';
import { useStoredText } from '../../browser/stored-state.ts';
import { IconButton } from '../../ui/button.tsx';
import { CommandSuggestions } from './command-suggestions.tsx';
import { type SlashCommand, suggestCommands } from './slash-commands.ts';

export interface ComposerProps {
  readonly sessionKey: string;
  readonly isRunning: boolean;
  /** ↑ in an empty field brings it back. */
  readonly lastOwnText: string | null;
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
  readonly inputRef: RefObject<HTMLTextAreaElement | null>;
}

export function Composer({ sessionKey, isRunning, lastOwnText, onSend, onStop, inputRef }: ComposerProps) {
  const [draft, setDraft] = useStoredText(localStorage, `microclaw_draft:${sessionKey}`);
  const isTouch = useMediaQuery('(pointer: coarse)');
  const send = () => {
    const text = draft.trim();
    if (text === '') return;
    setDraft('');
    onSend(text);
  };
  const suggestions = useSuggestions(draft, setDraft);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || suggestions.onKeyDown(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !isTouch) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' && !event.altKey && draft === '' && lastOwnText !== null) {
      event.preventDefault();
      setDraft(lastOwnText);
    }
  };
  return (
    <form
      aria-label="Message"
      className="relative mx-auto w-full max-w-[46rem] px-4 pb-3 max-sm:px-2 max-sm:pb-[max(0.5rem,env(safe-area-inset-bottom))]"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <CommandSuggestions
        id={suggestions.listId}
        commands={suggestions.commands}
        current={suggestions.current}
        onPick={suggestions.pick}
      />
      <div className="flex items-end gap-1 rounded-xl border border-line-strong bg-surface p-1.5 focus-within:border-faint">
        <textarea
          ref={inputRef}
          dir="auto"
          aria-label="Message"
          aria-autocomplete="list"
          aria-controls={suggestions.commands.length > 0 ? suggestions.listId : undefined}
          aria-activedescendant={suggestions.activeId}
          rows={Math.min(8, draft.split('\n').length)}
          value={draft}
          placeholder={isRunning ? 'Add to the running answer…' : 'Ask anything, / for commands'}
          enterKeyHint={isTouch ? 'enter' : 'send'}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={onKeyDown}
          className="max-h-[40dvh] min-h-8 flex-1 resize-none bg-transparent px-2 py-1 text-answer outline-none [field-sizing:content] coarse:min-h-10 coarse:py-2 coarse:text-base"
        />
        {isRunning && (
          <IconButton
            label="Stop"
            keys="Esc"
            tone="secondary"
            icon={<Square size={14} fill="currentColor" />}
            onClick={() => {
              onStop();
              if (!isTouch) inputRef.current?.focus(); // the button goes with the run
            }}
          />
        )}
        <IconButton
          label="Send"
          keys={isTouch ? undefined : '⏎'}
          type="submit"
          tone="primary"
          disabled={draft.trim() === ''}
          icon={<ArrowUp size={16} strokeWidth={2.2} />}
        />
      </div>
    </form>
  );
}

function useSuggestions(draft: string, setDraft: (text: string) => void) {
  const listId = useId();
  const [selected, setSelected] = useState(0);
  const [dismissedFor, setDismissedFor] = useState<string | null>(null);
  const commands = draft === dismissedFor ? [] : suggestCommands(draft);
  const current = Math.min(selected, commands.length - 1);
  const pick = (command: SlashCommand) => {
    setDraft(`${command.name} `);
    setSelected(0);
  };
  /** True when the key was used. */
  const onKeyDown = (event: KeyboardEvent): boolean => {
    const chosen = commands[current];
    if (chosen === undefined) return false;
    if (event.key === 'ArrowDown') setSelected((current + 1) % commands.length);
    else if (event.key === 'ArrowUp') setSelected((current + commands.length - 1) % commands.length);
    else if (event.key === 'Tab' || event.key === 'Enter') pick(chosen);
    else if (event.key === 'Escape') setDismissedFor(draft);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const activeId = commands.length > 0 ? `${listId}-${current}` : undefined;
  return { listId, commands, current, activeId, pick, onKeyDown };
}
