/**
 * The edits of the settings page that are not saved yet.
 *
 * Invariants: an edit that says what the file says is none; edits belong to one state of the file (`etag`), and are
 * sent for that state only; what the server refused is forgotten as soon as the key is edited again.
 */
import type { ConfigPage, SettingBody } from '../../api/types.ts';
import { type Draft, isSameValue, storedValue } from './setting-value.ts';

export interface Edits {
  readonly drafts: ReadonlyMap<string, Draft>;
  /** Of the file the edits were made for; `null` while there is none, empty when it is known to be gone. */
  readonly etag: string | null;
  /** The server's reasons, by key. */
  readonly refusals: ReadonlyMap<string, string>;
}

export const NO_EDITS: Edits = { drafts: new Map(), etag: null, refusals: new Map() };

export type EditAction =
  | { readonly kind: 'edit'; readonly setting: SettingBody; readonly draft: Draft; readonly page: ConfigPage }
  | { readonly kind: 'undo'; readonly key: string }
  | { readonly kind: 'discard' }
  | { readonly kind: 'refused'; readonly refusals: ReadonlyMap<string, string> }
  /** The server has seen a newer state of the file. */
  | { readonly kind: 'stale' }
  /** Goes on from a newer state of the file. */
  | { readonly kind: 'rebase'; readonly page: ConfigPage; readonly settings: readonly SettingBody[] };

export function reduceEdits(edits: Edits, action: EditAction): Edits {
  switch (action.kind) {
    case 'edit':
      return edit(edits, action);
    case 'undo':
      return withDrafts(
        without(edits, action.key),
        new Map([...edits.drafts].filter(([key]) => key !== action.key)),
      );
    case 'discard':
      return NO_EDITS;
    case 'refused':
      return { ...edits, refusals: action.refusals };
    case 'stale':
      return { ...edits, etag: '' };
    case 'rebase': {
      const kept = action.settings.flatMap((setting) => {
        const draft = edits.drafts.get(setting.key);
        return draft === undefined || isNoEdit(setting, draft, action.page)
          ? []
          : [[setting.key, draft] as const];
      });
      return withDrafts({ ...edits, etag: action.page.etag }, new Map(kept));
    }
    default:
      return action satisfies never;
  }
}

function edit(edits: Edits, { setting, draft, page }: Extract<EditAction, { kind: 'edit' }>): Edits {
  const drafts = new Map(edits.drafts);
  if (isNoEdit(setting, draft, page)) drafts.delete(setting.key);
  else drafts.set(setting.key, draft);
  return withDrafts({ ...without(edits, setting.key), etag: edits.etag ?? page.etag }, drafts);
}

/** Also when the default is written out where the file says nothing: then nothing would change. */
function isNoEdit(setting: SettingBody, draft: Draft, page: ConfigPage): boolean {
  if (draft.kind === 'invalid') return false;
  const isWritten = page.written_keys.includes(setting.key);
  if (draft.kind === 'default') return !isWritten;
  return isSameValue(draft.value, storedValue(page.config, setting.key));
}

function without(edits: Edits, key: string): Edits {
  return { ...edits, refusals: new Map([...edits.refusals].filter(([refused]) => refused !== key)) };
}

function withDrafts(edits: Edits, drafts: ReadonlyMap<string, Draft>): Edits {
  return drafts.size === 0 ? NO_EDITS : { ...edits, drafts };
}

/** Whether the file is no longer the one that the edits were made for. */
export function isStale({ etag }: Edits, page: ConfigPage): boolean {
  return etag !== null && etag !== page.etag;
}

/** Whether there is something to save and nothing that cannot be. */
export function canSave(edits: Edits, page: ConfigPage): boolean {
  const drafts = [...edits.drafts.values()];
  return drafts.length > 0 && !drafts.some(({ kind }) => kind === 'invalid') && !isStale(edits, page);
}

/** What to send: values by key, `null` for the default. Drafts that are no values are left out. */
export function patchOf({ drafts }: Edits): Readonly<Record<string, unknown>> {
  const entries = [...drafts].flatMap(([key, draft]) => {
    if (draft.kind === 'invalid') return [];
    return [[key, draft.kind === 'default' ? null : draft.value] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * The server's message, a line for each thing it refuses, by the key that a line names between backticks. Lines about
 * none of `keys` are below the empty key.
 */
export function refusalsOf(message: string, keys: readonly string[]): ReadonlyMap<string, string> {
  const refusals = new Map<string, string>();
  for (const line of message.split('\n')) {
    const named = /`([^`]+)`/.exec(line)?.[1] ?? '';
    const key = keys.find(
      (name) => named === name || named.startsWith(`${name}.`) || named.startsWith(`${name}[`),
    );
    const before = refusals.get(key ?? '');
    const reason = key === named ? withoutName(line, key) : line;
    refusals.set(key ?? '', before === undefined ? reason : `${before} ${reason}`);
  }
  return refusals;
}

/** What stands beside a field need not begin with its name. */
function withoutName(line: string, key: string): string {
  const name = `\`${key}\``;
  if (!line.startsWith(name)) return line;
  const rest = line.slice(name.length).replace(/^:?\s*/, '');
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
