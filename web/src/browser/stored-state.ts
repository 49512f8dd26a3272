/** `useState` that survives a reload. */
import { useState } from 'react';
import { type ValueStorage, writeText } from './saved-value.ts';

/**
 * A string kept under `key`; an empty string removes the entry. The value is read once, when the component mounts:
 * give the component a `key` of its own when the storage key changes.
 */
export function useStoredText(
  storage: ValueStorage,
  key: string,
  initial = '',
): readonly [string, (value: string) => void] {
  const [value, setValue] = useState(() => storage.getItem(key) ?? initial);
  const store = (next: string) => {
    setValue(next);
    writeText(storage, key, next);
  };
  return [value, store];
}

/** An open or closed state kept under `key` for this tab. */
export function useStoredToggle(key: string, initial = false): readonly [boolean, (open: boolean) => void] {
  const [value, setValue] = useStoredText(sessionStorage, key, initial ? '1' : '0');
  return [value === '1', (open) => setValue(open ? '1' : '0')];
}
