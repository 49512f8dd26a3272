/**
 * What a client sends back with masks in it, made whole again from what is stored.
 *
 * Invariants: a mask never ends up in the file; a credential is never given to another entry than the one it was shown
 * with: where that cannot be told, the change is refused.
 */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../core/json.ts';
import { type ConfigPath, formatPath } from './config-problem.ts';
import { hasMaskedPart, MASK } from './config-redaction.ts';
import { configErrors } from './errors.ts';
import { valueAt } from './validate.ts';

/** A value of the file, and what clients see of it (defaults included). */
interface Known {
  readonly stored: unknown;
  readonly shown: unknown;
}

/**
 * Puts what is stored where `incoming` has what was shown for it. A mask of nothing becomes `null`; a default that
 * comes back becomes `undefined`, so that forms do not fill the file with defaults.
 *
 * An entry that comes back whole under another name is the one that was renamed, and keeps its credentials.
 *
 * Raises `MC_CONFIG_REJECTED` for a list that lost entries and still has masks (an entry is removed by `null` in its
 * place), for masks in an entry that is new, and for an address that was changed around its masked part.
 */
export function restoreMasked(incoming: unknown, known: Known, path: ConfigPath): unknown {
  const { stored, shown } = known;
  if (stored === undefined && shown !== undefined && isDeepStrictEqual(incoming, shown)) return undefined;
  if (typeof incoming === 'string') return restoreText(incoming, known, path);
  if (Array.isArray(incoming)) {
    refuseShiftedMasks(incoming, known, path);
    return incoming.map((item, index) => restoreMasked(item, below(known, index), [...path, index]));
  }
  if (!isRecord(incoming)) return incoming;
  return Object.fromEntries(
    Object.entries(incoming).map(([key, value]) => [
      key,
      restoreMasked(value, below(known, originOf(key, incoming, known, path)), [...path, key]),
    ]),
  );
}

/** The name under which an entry is stored: its own, or the one it had before it was renamed. */
function originOf(
  key: string,
  incoming: Readonly<Record<string, unknown>>,
  { stored, shown }: Known,
  path: ConfigPath,
): string {
  const value = incoming[key];
  if (valueAt(stored, [key]) !== undefined || !isRecord(value) || !holdsMask(value)) return key;
  const gone = Object.keys(isRecord(shown) ? shown : {}).filter((name) => !(name in incoming));
  const [origin, ...others] = gone.filter((name) => isDeepStrictEqual(valueAt(shown, [name]), value));
  if (origin !== undefined && others.length === 0) return origin;
  const message =
    `\`${formatPath([...path, key])}\` is new and has a masked value (${MASK}): ` +
    'write it out, or rename an entry without changing it in the same step';
  throw configErrors.create('REJECTED', message);
}

function restoreText(incoming: string, { stored, shown }: Known, path: ConfigPath): unknown {
  if (stored !== undefined && incoming === shown) return stored;
  if (incoming === MASK) return stored ?? null;
  if (!hasMaskedPart(incoming)) return incoming;
  const message = `\`${formatPath(path)}\` has a masked part (${MASK}): write it out`;
  throw configErrors.create('REJECTED', message);
}

/**
 * Masks are told apart by their place alone. A list that became shorter, or whose entries moved, would hand the
 * credential of one entry to another.
 */
function refuseShiftedMasks(incoming: readonly unknown[], { stored, shown }: Known, path: ConfigPath): void {
  const [before, seen] = [asList(stored), asList(shown)];
  const isKept = incoming.every((item, index) => !holdsMask(item) || isSameEntry(item, seen[index]));
  if (isKept && (incoming.length >= before.length || !incoming.some(holdsMask))) return;
  const message =
    `\`${formatPath(path)}\` lost or moved entries, so it is not clear what ${MASK} stands for: ` +
    'keep every entry in its place, with null for what is to go';
  throw configErrors.create('REJECTED', message);
}

/** The same entry as far as a client can tell: what identifies it did not change. A bare mask has its place only. */
function isSameEntry(item: unknown, seen: unknown): boolean {
  if (!isRecord(item) || !isRecord(seen)) return true;
  const names = ['id', 'name', 'url', 'label'].filter((name) => name in seen);
  return names.every((name) => isDeepStrictEqual(item[name], seen[name]));
}

function holdsMask(value: unknown): boolean {
  if (typeof value === 'string') return value === MASK || hasMaskedPart(value);
  if (Array.isArray(value)) return value.some(holdsMask);
  return isRecord(value) && Object.values(value).some(holdsMask);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function below({ stored, shown }: Known, step: string | number): Known {
  return { stored: valueAt(stored, [step]), shown: valueAt(shown, [step]) };
}
