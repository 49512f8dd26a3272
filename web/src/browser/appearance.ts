/** Dark or light, kept in local storage; dark until the operator chooses. */
import { useSyncExternalStore } from 'react';

export type Appearance = 'dark' | 'light';

const KEY = 'microclaw_appearance';
const CANVAS: Readonly<Record<Appearance, string>> = { dark: '#0c0c0e', light: '#ffffff' };
const listeners = new Set<() => void>();

/** Puts the stored choice on the page; called once before the first paint. */
export function applyStoredAppearance(): void {
  apply(localStorage.getItem(KEY) === 'light' ? 'light' : 'dark');
}

export function toggleAppearance(): void {
  const next = current() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, next);
  apply(next);
  for (const listener of listeners) listener();
}

export function useAppearance(): Appearance {
  return useSyncExternalStore(subscribe, current);
}

function current(): Appearance {
  return document.documentElement.dataset.appearance === 'light' ? 'light' : 'dark';
}

function apply(appearance: Appearance): void {
  document.documentElement.dataset.appearance = appearance;
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', CANVAS[appearance]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
