import { describe, expect, it } from 'vitest';
import type { ConfigPage, SettingBody } from '../../api/types.ts';
import { canSave, type EditAction, type Edits, NO_EDITS, patchOf, reduceEdits, refusalsOf } from './edits.ts';
import type { Draft } from './setting-value.ts';

function settingOf(key: string, parts: Partial<SettingBody> = {}): SettingBody {
  return {
    key,
    kind: 'text',
    description: '',
    default: null,
    default_text: null,
    values: [],
    is_integer: false,
    min: null,
    max: null,
    schema: null,
    entries: null,
    live: true,
    ...parts,
  };
}

const MODE = settingOf('sandbox.mode', { kind: 'choice', values: ['off', 'all'], default: 'off' });
const MODEL = settingOf('model');

function pageOf(config: Record<string, unknown>, written: readonly string[], etag = '"1"'): ConfigPage {
  return {
    ok: true,
    path: '/c.yaml',
    etag,
    config,
    written_keys: [...written],
    problems: [],
    soul_files: [],
    requires_restart: false,
  };
}

const PAGE = pageOf({ sandbox: { mode: 'off' }, model: 'a' }, ['model']);

function after(...actions: readonly EditAction[]): Edits {
  return actions.reduce(reduceEdits, NO_EDITS);
}

const edit = (setting: SettingBody, draft: Draft, page = PAGE): EditAction => ({
  kind: 'edit',
  setting,
  draft,
  page,
});

describe('edits', () => {
  it('are sent by key for the state of the file they were made for', () => {
    const edits = after(edit(MODE, { kind: 'value', value: 'all' }), edit(MODEL, { kind: 'default' }));
    expect(edits.etag).toBe('"1"');
    expect(patchOf(edits)).toEqual({ 'sandbox.mode': 'all', model: null });
  });

  it('that say what the file says are none', () => {
    const changed = edit(MODE, { kind: 'value', value: 'all' });
    expect(after(changed, edit(MODE, { kind: 'value', value: 'off' }))).toEqual(NO_EDITS);
    expect(after(changed, { kind: 'undo', key: MODE.key })).toEqual(NO_EDITS);
    expect(after(edit(MODE, { kind: 'default' }))).toEqual(NO_EDITS);
  });

  it('that are no values are kept and not sent', () => {
    const edits = after(edit(MODEL, { kind: 'invalid', text: 'x', reason: 'no' }));
    expect([edits.drafts.size, patchOf(edits)]).toEqual([1, {}]);
  });

  it('stay over a newer state of the file unless it says the same', () => {
    const mine = [edit(MODE, { kind: 'value', value: 'all' }), edit(MODEL, { kind: 'value', value: 'b' })];
    const newer = pageOf({ sandbox: { mode: 'all' }, model: 'c' }, ['model', 'sandbox.mode'], '"2"');
    const edits = after(...mine, { kind: 'rebase', page: newer, settings: [MODE, MODEL] });
    expect([edits.etag, patchOf(edits)]).toEqual(['"2"', { model: 'b' }]);
  });

  it('can be saved when all are values, for the state of the file they were made for', () => {
    const value = edit(MODEL, { kind: 'value', value: 'b' });
    expect(canSave(after(value), PAGE)).toBe(true);
    expect(canSave(NO_EDITS, PAGE)).toBe(false);
    expect(canSave(after(value, { kind: 'stale' }), PAGE)).toBe(false);
    expect(canSave(after(value), pageOf(PAGE.config, [], '"2"'))).toBe(false);
    expect(canSave(after(value, edit(MODE, { kind: 'invalid', text: '', reason: '' })), PAGE)).toBe(false);
  });

  it('lose the refusal of a key when it is edited again', () => {
    const edits = after(
      edit(MODEL, { kind: 'value', value: 'b' }),
      {
        kind: 'refused',
        refusals: new Map([
          ['model', 'no'],
          ['sandbox.mode', 'no'],
        ]),
      },
      edit(MODEL, { kind: 'value', value: 'c' }),
    );
    expect([...edits.refusals.keys()]).toEqual(['sandbox.mode']);
  });
});

it('a refusal stands beside the key it names, or at the top', () => {
  const message = '`web_port` must be a number\n`model_prices[0].model` is missing\nsomething else';
  expect([...refusalsOf(message, ['web_port', 'model', 'model_prices'])]).toEqual([
    ['web_port', 'Must be a number'],
    ['model_prices', '`model_prices[0].model` is missing'],
    ['', 'something else'],
  ]);
});
