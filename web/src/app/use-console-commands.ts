/** The actions of the frame, as palette commands and as keyboard shortcuts. */
import type { RefObject } from 'react';
import { useServices } from '../api/services.ts';
import type { SessionItem } from '../api/types.ts';
import { toggleAppearance } from '../browser/appearance.ts';
import { type ConsoleLocation, inspectRun, openPage, openSession } from '../browser/console-location.ts';
import { useHotkeys } from '../browser/hotkeys.ts';
import type { PaletteCommand } from '../features/palette/palette-commands.ts';
import { titleOf } from '../features/sessions/group-sessions.ts';
import type { Overlay } from './overlay.ts';
import { PAGES } from './pages.tsx';

export interface ConsoleCommandPorts {
  readonly location: ConsoleLocation;
  /** The chat shown, or the last one that was before a page. */
  readonly chatKey: string;
  readonly sessions: readonly SessionItem[];
  readonly newChat: () => void;
  readonly setOverlay: (overlay: Overlay) => void;
  readonly signOut: () => void;
  readonly inputRef: RefObject<HTMLTextAreaElement | null>;
  readonly searchRef: RefObject<HTMLInputElement | null>;
}

/** Installs the shortcuts and returns what the palette offers. */
export function useConsoleCommands(ports: ConsoleCommandPorts): readonly PaletteCommand[] {
  const { newChat, setOverlay, inputRef, searchRef } = ports;
  const inspectNewest = useInspectNewest(ports.location);
  const write = () => {
    if (ports.location.page !== null) openSession(ports.chatKey);
    requestAnimationFrame(() => inputRef.current?.focus());
  };
  const step = (offset: number) => () => openNeighbour(ports, offset);
  useHotkeys({
    'mod+k': () => setOverlay('palette'),
    '?': () => setOverlay('shortcuts'),
    'g n': newChat,
    'g s': () => searchRef.current?.focus(),
    'g c': write,
    'g i': inspectNewest,
    ...Object.fromEntries(PAGES.map(({ name, keys }) => [keys, () => openPage(name)])),
    'alt+ArrowUp': step(-1),
    'alt+ArrowDown': step(1),
  });
  const action = (id: string, title: string, run: () => void, keys?: string): PaletteCommand => ({
    id,
    title,
    group: 'Actions',
    run,
    ...(keys !== undefined && { keys }),
  });
  return [
    action('new', 'New chat', newChat, 'g n'),
    action('write', 'Write a message', write, 'g c'),
    action('inspect', 'Inspect the newest run', inspectNewest, 'g i'),
    action('appearance', 'Switch theme between dark and light', toggleAppearance),
    action('model', 'Connect a model', () => setOverlay('connect-model')),
    action('keyboard', 'Keyboard shortcuts', () => setOverlay('shortcuts'), '?'),
    action('sign-out', 'Sign out', ports.signOut),
    ...PAGES.map(({ name, title, keys }) => ({
      id: `page:${name}`,
      title,
      keys,
      group: 'Pages',
      run: () => openPage(name),
    })),
    ...ports.sessions.map((item) => ({
      id: `chat:${item.session_key}`,
      title: titleOf(item),
      group: 'Chats',
      run: () => openSession(item.session_key),
    })),
  ];
}

/** The chat before or after the current one, in the order of the list. */
function openNeighbour({ sessions, location }: ConsoleCommandPorts, offset: number): void {
  const index = sessions.findIndex((item) => item.session_key === location.sessionKey);
  const neighbour = sessions[index === -1 ? 0 : index + offset];
  if (neighbour !== undefined) openSession(neighbour.session_key);
}

/** The newest run drawn in the transcript, or closes the inspector when it is open. */
function useInspectNewest(location: ConsoleLocation): () => void {
  const { runs } = useServices();
  return () => {
    const drawn = [...document.querySelectorAll<HTMLElement>('[data-run]')].at(-1)?.dataset.run;
    const newest = drawn ?? [...runs.heldRunIds()].at(-1) ?? null;
    inspectRun(location.runId === null ? newest : null);
  };
}
