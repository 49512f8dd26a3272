/** The line above the chat: where you are, which model answers, how the runtime is, and the menu. */
import { Command, Ellipsis, Keyboard, LogOut, Menu, Moon, PlugZap, SquarePen, Sun } from 'lucide-react';
import { useRuntime } from '../api/queries.ts';
import type { SessionItem } from '../api/types.ts';
import { toggleAppearance, useAppearance } from '../browser/appearance.ts';
import { modifierName } from '../browser/hotkeys.ts';
import { PlanBadge } from '../features/chat/plan-badge.tsx';
import { HealthBadge } from '../features/health/health-badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { ButtonMenu, type MenuItem } from '../ui/menu.tsx';

export interface TopBarProps {
  readonly title: string;
  /** The chat that is shown, if the server lists it. */
  readonly session: SessionItem | null;
  readonly isPhone: boolean;
  readonly onShowChats: () => void;
  readonly onNewChat: () => void;
  readonly onPalette: () => void;
  readonly onShortcuts: () => void;
  readonly onConnectModel: () => void;
  readonly onSignOut: () => void;
}

export function TopBar(props: TopBarProps) {
  const runtime = useRuntime();
  const model = runtime.data?.model;
  const modelName = model === undefined || model.model === '' ? (model?.provider ?? '') : model.model;
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-line border-b px-2 md:pl-4">
      {props.isPhone && <IconButton label="Chats" icon={<Menu size={18} />} onClick={props.onShowChats} />}
      <h1 dir="auto" className="min-w-0 truncate font-medium">
        {props.title}
      </h1>
      {modelName !== '' && (
        <span className="ml-2 min-w-0 shrink truncate text-faint max-sm:hidden" title={`Model: ${modelName}`}>
          {modelName}
        </span>
      )}
      <HealthBadge />
      {props.session !== null && <PlanBadge session={props.session} />}
      <span className="flex-1" />
      {props.isPhone && (
        <IconButton label="New chat" icon={<SquarePen size={16} />} onClick={props.onNewChat} />
      )}
      {!props.isPhone && (
        <IconButton
          label="Command palette"
          keys={`${modifierName()} K`}
          icon={<Command size={16} />}
          onClick={props.onPalette}
        />
      )}
      <ButtonMenu
        trigger={<IconButton label="Menu" icon={<Ellipsis size={16} />} />}
        items={useMenuItems(props)}
      />
    </header>
  );
}

function useMenuItems(props: TopBarProps): readonly MenuItem[] {
  const appearance = useAppearance();
  const icon = (Icon: typeof Sun) => <Icon size={16} aria-hidden="true" className="text-muted" />;
  return [
    { label: 'Command palette', icon: icon(Command), keys: `${modifierName()} K`, onSelect: props.onPalette },
    appearance === 'dark'
      ? { label: 'Light appearance', icon: icon(Sun), onSelect: toggleAppearance }
      : { label: 'Dark appearance', icon: icon(Moon), onSelect: toggleAppearance },
    { label: 'Connect a model', icon: icon(PlugZap), onSelect: props.onConnectModel },
    { label: 'Keyboard', icon: icon(Keyboard), keys: '?', onSelect: props.onShortcuts },
    { label: 'Sign out', icon: icon(LogOut), onSelect: props.onSignOut },
  ];
}
