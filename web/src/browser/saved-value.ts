/**
 * Values kept in the browser's storage over a reload.
 *
 * Invariants: what cannot be read back (another version of the console wrote it, or it is damaged) counts as absent
 * and is removed, so that it can never keep the page from starting; a full storage loses the copy, not the value.
 */

export type ValueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A stored shape: raise `version` whenever the shape changes. */
export interface SavedShape {
  readonly key: string;
  readonly version: number;
}

/** The value saved under this very version, `null` when there is none. */
export function readSaved<Value>(storage: ValueStorage, shape: SavedShape): Value | null {
  const json = storage.getItem(shape.key);
  if (json === null) return null;
  const envelope = parseEnvelope(json);
  // Only `writeSaved` of this version writes this version.
  if (envelope?.version === shape.version) return envelope.value as Value;
  storage.removeItem(shape.key);
  return null;
}

export function writeSaved(storage: ValueStorage, shape: SavedShape, value: unknown): void {
  writeText(storage, shape.key, JSON.stringify({ version: shape.version, value }));
}

/** An empty text removes the entry. */
export function writeText(storage: ValueStorage, key: string, text: string): void {
  try {
    if (text === '') storage.removeItem(key);
    else storage.setItem(key, text);
  } catch {
    storage.removeItem(key); // the storage is full: an old copy would be worse than none
  }
}

function parseEnvelope(json: string): { readonly version: unknown; readonly value: unknown } | null {
  try {
    const envelope: unknown = JSON.parse(json);
    const isEnvelope =
      typeof envelope === 'object' && envelope !== null && 'value' in envelope && 'version' in envelope;
    return isEnvelope ? { version: envelope.version, value: envelope.value } : null;
  } catch {
    return null; // damaged: absent, as documented above
  }
}
