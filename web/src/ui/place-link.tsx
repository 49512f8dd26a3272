/** A link to a page of the console: opened in place by a plain click, in a new tab or window as every link. */
import type { MouseEvent, ReactNode } from 'react';
import { formatLocation, openPage, type PageName, pageLocation } from '../browser/console-location.ts';

export interface PlaceLinkProps {
  readonly page: PageName;
  /** What the page points at. */
  readonly at?: string;
  /** It was followed in place; what floats closes then. */
  readonly onOpen?: () => void;
  readonly children: ReactNode;
}

export function PlaceLink({ page, at, onOpen, children }: PlaceLinkProps) {
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    openPage(page, at);
    onOpen?.();
  };
  return (
    <a
      href={formatLocation(pageLocation(page, at))}
      onClick={open}
      className="rounded underline decoration-line-strong underline-offset-2 hover:decoration-current"
    >
      {children}
    </a>
  );
}
