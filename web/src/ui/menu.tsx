/** Menus, opened by a button or by the context click. Not modal: a modal one would inject a style element. */
import { ContextMenu, DropdownMenu } from 'radix-ui';
import { type ReactElement, type ReactNode, useRef } from 'react';
import { classNames } from './class-names.ts';
import { KeyHint } from './key-hint.tsx';

export interface MenuItem {
  readonly label: string;
  readonly icon: ReactNode;
  readonly keys?: string;
  readonly danger?: boolean;
  readonly onSelect: () => void;
}

const CONTENT = 'z-50 min-w-52 rounded-md bg-floating p-1 text-text shadow-float animate-fade';

const ITEM = 'flex h-8 items-center gap-2 rounded px-2 outline-none data-[highlighted]:bg-hover coarse:h-10';

/**
 * What was chosen runs when the menu is gone and its trigger has the focus again, so that a dialog that it opens gives
 * the focus back to the trigger.
 */
function useChoice() {
  const chosen = useRef<(() => void) | null>(null);
  return {
    choose: (item: MenuItem) => {
      chosen.current = item.onSelect;
    },
    // Microtask: the focus moves right after this event.
    onCloseAutoFocus: () => {
      const run = chosen.current;
      chosen.current = null;
      if (run !== null) queueMicrotask(run);
    },
  };
}

/** A menu below its trigger button. */
export function ButtonMenu({
  trigger,
  items,
}: {
  readonly trigger: ReactElement;
  readonly items: readonly MenuItem[];
}) {
  const { choose, onCloseAutoFocus } = useChoice();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className={CONTENT}
          onCloseAutoFocus={onCloseAutoFocus}
        >
          {items.map((item) => (
            <DropdownMenu.Item key={item.label} className={itemClass(item)} onSelect={() => choose(item)}>
              <MenuItemBody item={item} />
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** The same menu on a context click (or a long press) on `children`. */
export function ContextClickMenu({
  children,
  items,
}: {
  readonly children: ReactElement;
  readonly items: readonly MenuItem[];
}) {
  const { choose, onCloseAutoFocus } = useChoice();
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content collisionPadding={8} className={CONTENT} onCloseAutoFocus={onCloseAutoFocus}>
          {items.map((item) => (
            <ContextMenu.Item key={item.label} className={itemClass(item)} onSelect={() => choose(item)}>
              <MenuItemBody item={item} />
            </ContextMenu.Item>
          ))}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function itemClass(item: MenuItem): string {
  return classNames(ITEM, item.danger === true && 'text-danger');
}

function MenuItemBody({ item }: { readonly item: MenuItem }) {
  return (
    <>
      {item.icon}
      <span className="flex-1">{item.label}</span>
      {item.keys !== undefined && <KeyHint keys={item.keys} />}
    </>
  );
}
