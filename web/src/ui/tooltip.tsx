/** A name for what has only an icon, shown on hover and on keyboard focus. */
import { Tooltip as Radix } from 'radix-ui';
import type { ReactElement } from 'react';
import { KeyHint } from './key-hint.tsx';

export const TooltipProvider = Radix.Provider;

export interface TooltipProps {
  readonly label: string;
  /** Keys that do the same, e.g. `⌘K`. */
  readonly keys?: string | undefined;
  readonly children: ReactElement;
}

export function Tooltip({ label, keys, children }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 flex items-center gap-2 rounded-md bg-floating px-2 py-1 text-text text-xs shadow-float animate-fade"
        >
          {label}
          {keys !== undefined && <KeyHint keys={keys} />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
