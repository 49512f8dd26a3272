/** The map of the keyboard, with the switch for single-key shortcuts that WCAG 2.1.4 asks for. */
import { useState } from 'react';
import { areSingleKeysEnabled, modifierName, setSingleKeysEnabled } from '../../browser/hotkeys.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';

interface Shortcut {
  readonly keys: string;
  readonly does: string;
}

function shortcutsOf(
  modifier: string,
): readonly { readonly title: string; readonly items: readonly Shortcut[] }[] {
  return [
    {
      title: 'Anywhere',
      items: [
        { keys: `${modifier} K`, does: 'Command palette' },
        { keys: 'Esc', does: 'Stop the running answer' },
        { keys: 'Alt ↑', does: 'Previous chat' },
        { keys: 'Alt ↓', does: 'Next chat' },
      ],
    },
    {
      title: 'While writing',
      items: [
        { keys: '⏎', does: 'Send' },
        { keys: 'Shift ⏎', does: 'New line' },
        { keys: '↑', does: 'Bring back the last message, in an empty field' },
        { keys: '/', does: 'Commands, at the start of a message' },
      ],
    },
    {
      title: 'Single keys',
      items: [
        { keys: '?', does: 'This map' },
        { keys: 'g n', does: 'New chat' },
        { keys: 'g s', does: 'Search chats' },
        { keys: 'g c', does: 'Write a message' },
        { keys: 'g i', does: 'Inspect the newest run' },
        { keys: 'g a', does: 'Approvals' },
        { keys: 'g e', does: 'Security' },
        { keys: 'g h', does: 'Hooks' },
        { keys: 'g u', does: 'Audit' },
        { keys: 'g p', does: 'Policy' },
        { keys: 'g ,', does: 'Settings' },
        { keys: 'g t', does: 'Start of the transcript' },
        { keys: 'g b', does: 'End of the transcript' },
      ],
    },
  ];
}

export function ShortcutMap({ onClose }: { readonly onClose: () => void }) {
  const [isEnabled, setEnabled] = useState(areSingleKeysEnabled);
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <div className="flex flex-col gap-4 overflow-y-auto p-4">
        {shortcutsOf(modifierName()).map((group) => (
          <section key={group.title} className="flex flex-col gap-1.5">
            <h3 className="text-faint text-xs">{group.title}</h3>
            <dl className="flex flex-col gap-1">
              {group.items.map((item) => (
                <div key={item.keys} className="flex items-center justify-between gap-4">
                  <dt>{item.does}</dt>
                  <dd>
                    <KeyHint keys={item.keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <label className="flex items-center gap-2 border-line border-t pt-3">
          <input
            type="checkbox"
            checked={isEnabled}
            className="size-4 accent-accent-fill"
            onChange={(event) => {
              setSingleKeysEnabled(event.target.checked);
              setEnabled(event.target.checked);
            }}
          />
          Single-key shortcuts
        </label>
      </div>
    </Dialog>
  );
}
