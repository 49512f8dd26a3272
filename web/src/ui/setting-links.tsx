/** A sentence in which the names of settings are links to them. */
import { PlaceLink } from './place-link.tsx';

export interface SettingLinksProps {
  readonly text: string;
  /** The names that are known. */
  readonly keys: ReadonlySet<string>;
  /** One of them was followed in place. */
  readonly onOpen?: (key: string) => void;
}

/** A name without `_` or `.` is an ordinary word in a sentence, such as `model`, and no link. */
const NAME = /([a-z][a-z0-9]*(?:[._][a-z0-9]+)+)/;

export function SettingLinks({ text, keys, onOpen }: SettingLinksProps) {
  return text.split(NAME).map((part, index) =>
    keys.has(part) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change places
      <PlaceLink key={index} page="settings" at={part} onOpen={() => onOpen?.(part)}>
        {part}
      </PlaceLink>
    ) : (
      part
    ),
  );
}
