/**
 * Keyboard shortcuts of the whole page.
 *
 * Invariants: keys without a modifier do nothing while a field has the focus, while a dialog or menu is open, or when
 * the operator switched them off (WCAG 2.1.4); input method composition is never disturbed.
 */
import { useEffect, useEffectEvent } from 'react';

export interface Hotkeys {
  /** `mod+k` (⌘ on a Mac, Ctrl elsewhere), `escape`, `?`, or a sequence such as `g n`. */
  readonly [keys: string]: () => void;
}

const OFF_KEY = 'microclaw_single_keys';
const SEQUENCE_MS = 1_200;

/** Whether shortcuts of single characters work. */
export function areSingleKeysEnabled(): boolean {
  return localStorage.getItem(OFF_KEY) !== 'off';
}

export function setSingleKeysEnabled(enabled: boolean): void {
  if (enabled) localStorage.removeItem(OFF_KEY);
  else localStorage.setItem(OFF_KEY, 'off');
}

/** `⌘` or `Ctrl`, as this keyboard names it. */
export function modifierName(): string {
  return /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
}

/** Listens while the component is mounted. */
export function useHotkeys(hotkeys: Hotkeys): void {
  const run = useEffectEvent((keys: string) => {
    const action = hotkeys[keys];
    action?.();
    return action !== undefined;
  });
  useEffect(() => {
    let prefix: { readonly key: string; readonly atMs: number } | null = null;
    let isTooltipOpen = false;
    // On the way down: by the time the key comes back up, Esc has closed the tooltip.
    const onCapture = () => {
      isTooltipOpen = document.querySelector('[role="tooltip"]') !== null;
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const key = nameOf(event, isTooltipOpen);
      if (key === null || !isAllowed(event, key)) return;
      const isSequence = prefix !== null && event.timeStamp - prefix.atMs < SEQUENCE_MS;
      const keys = isSequence ? `${prefix?.key} ${key}` : key;
      prefix = keys === 'g' ? { key, atMs: event.timeStamp } : null;
      if (run(keys)) event.preventDefault();
    };
    window.addEventListener('keydown', onCapture, { capture: true });
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onCapture, { capture: true });
      window.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}

function nameOf(event: KeyboardEvent, isTooltipOpen: boolean): string | null {
  // A tooltip takes Esc for itself, which must not keep the same Esc from stopping a run.
  const isUsed = event.defaultPrevented && !(event.key === 'Escape' && isTooltipOpen);
  if (event.isComposing || event.repeat || isUsed) return null;
  if (event.metaKey || event.ctrlKey) return event.altKey ? null : `mod+${event.key.toLowerCase()}`;
  if (event.altKey) return `alt+${event.key}`;
  return event.key === 'Escape' ? 'escape' : event.key;
}

function isAllowed(event: KeyboardEvent, key: string): boolean {
  if (key.startsWith('mod+')) return true;
  if (document.querySelector('dialog[open], [role="menu"]') !== null) return false;
  if (key === 'escape' || key.startsWith('alt+')) return true;
  return !isEditable(event.target) && areSingleKeysEnabled();
}

function isEditable(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}
