/**
 * Modal dialogs and sheets on the platform's `<dialog>`: the browser traps the focus, makes the rest inert, closes on
 * Esc and gives the focus back. No style element is injected, which the content security policy would refuse.
 */
import { X } from 'lucide-react';
import { type MouseEvent, type ReactNode, type Ref, useCallback } from 'react';
import { IconButton } from './button.tsx';
import { classNames } from './class-names.ts';

type DialogShape = 'card' | 'drawer' | 'sheet';

const SHAPES: Readonly<Record<DialogShape, string>> = {
  card: 'm-auto w-[min(28rem,calc(100vw-2rem))] rounded-lg animate-rise max-h-[calc(100dvh-2rem)]',
  drawer: 'mr-auto h-dvh max-h-dvh w-[min(18rem,86vw)] border-line border-r animate-slide',
  sheet: 'mt-auto mb-0 w-full max-w-full max-h-[85dvh] rounded-t-xl animate-rise',
};

export interface DialogProps {
  /** Accessible name, drawn as the heading unless `hideTitle`. */
  readonly title: string;
  readonly hideTitle?: boolean;
  readonly shape?: DialogShape;
  readonly onClose: () => void;
  readonly className?: string;
  readonly children: ReactNode;
}

/**
 * Open while mounted; the focus goes to `[data-autofocus]` inside, else to the dialog. `onClose` is called for Esc, a
 * click on the backdrop and the close button.
 */
export function Dialog({
  title,
  hideTitle = false,
  shape = 'card',
  onClose,
  className,
  children,
}: DialogProps) {
  const open: Ref<HTMLDialogElement> = useCallback((element: HTMLDialogElement | null) => {
    if (element === null || element.open) return;
    element.showModal();
    // Without this the close button would take the focus and its tooltip the first Esc.
    (element.querySelector<HTMLElement>('[data-autofocus]') ?? element).focus();
    // The browser gives the focus back when a dialog is closed, not when it is only taken out of the page.
    return () => element.close();
  }, []);
  const closeOnBackdrop = (event: MouseEvent<HTMLDialogElement>) => {
    if (event.target === event.currentTarget) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a modal dialog; the click is the backdrop's
    <dialog
      ref={open}
      tabIndex={-1}
      aria-label={title}
      onClick={closeOnBackdrop}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={classNames(
        'flex flex-col bg-floating p-0 text-text shadow-float outline-none',
        SHAPES[shape],
        className,
      )}
    >
      {!hideTitle && (
        <header className="flex items-center justify-between gap-2 border-line border-b py-2 pr-2 pl-4">
          <h2 className="font-semibold">{title}</h2>
          <IconButton label="Close" keys="Esc" icon={<X size={16} />} onClick={onClose} />
        </header>
      )}
      {children}
    </dialog>
  );
}
