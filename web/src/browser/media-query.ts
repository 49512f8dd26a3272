/** Facts about the screen that change the layout, not only its style. */
import { useCallback, useSyncExternalStore } from 'react';

/** True while the CSS media query matches. */
export function useMediaQuery(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}

/** The sidebar is a drawer below this width. */
export function useIsPhone(): boolean {
  return useMediaQuery('(max-width: 767px)');
}

/** The inspector is a sheet below this width: it would leave the text too narrow. */
export function useIsNarrow(): boolean {
  return useMediaQuery('(max-width: 1099px)');
}
