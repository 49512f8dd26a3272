import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeHook } from '../../test/support/hook-fixture.ts';
import { temporaryDirectory } from '../../test/support/tool-fixture.ts';
import { HookSwitchboard } from './hook-switchboard.ts';

const FIELDS = { events: ['AfterTurn'], command: 'true' };

async function fixture({ isOn = true } = {}) {
  const directory = await temporaryDirectory();
  const root = join(directory, 'hooks');
  const stateFile = join(directory, 'runtime', 'hooks_state.json');
  const read = (path: string) => readFile(path, 'utf8').catch(() => undefined);
  const write = async (path: string, text: string) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  const board = new HookSwitchboard({ roots: [root], stateFile, isOn, files: { read, write } });
  const state = async () => JSON.parse(await readFile(stateFile, 'utf8'));
  return { root, stateFile, board, state, write };
}

test('hooks are listed in the order they run, with the state in force', async () => {
  const { root, board } = await fixture();
  await writeHook(root, 'late', { ...FIELDS, priority: 200 });
  await writeHook(root, 'early', { ...FIELDS, enabled: false });
  await board.setEnabled('early', true);
  const { hooks, problems } = await board.list();
  expect(hooks.map(({ name, enabled }) => [name, enabled])).toEqual([
    ['early', true],
    ['late', true],
  ]);
  expect(problems).toEqual([]);
});

test('changes made at the same time are all kept', async () => {
  const { root, board, state } = await fixture();
  const names = Array.from({ length: 12 }, (_, index) => `hook${String(index).padStart(2, '0')}`);
  for (const name of names) await writeHook(root, name, FIELDS);
  await Promise.all(names.map((name) => board.setEnabled(name, false)));
  expect(await state()).toEqual(Object.fromEntries(names.map((name) => [name, false])));
});

test('an unknown hook is refused, and the change after it still happens', async () => {
  const { root, board, state } = await fixture();
  await writeHook(root, 'real', FIELDS);
  const [unknown, known] = await Promise.allSettled([
    board.setEnabled('nope', false),
    board.setEnabled('real', false),
  ]);
  expect(unknown).toMatchObject({ reason: { code: 'MC_HOOKS_NOT_FOUND', message: 'hook not found: nope' } });
  expect(known.status).toBe('fulfilled');
  expect(await state()).toEqual({ real: false });
});

test('a state file that cannot be understood is a problem and stays as it is', async () => {
  const { root, board, stateFile, write } = await fixture();
  await writeHook(root, 'real', FIELDS);
  await write(stateFile, '{"real": fal');
  expect((await board.list()).problems).toEqual([{ path: stateFile, reason: expect.any(String) }]);
  await expect(board.setEnabled('real', true)).rejects.toMatchObject({ code: 'MC_HOOKS_BAD_STATE_FILE' });
  expect(await readFile(stateFile, 'utf8')).toBe('{"real": fal');
});

test('a HOOK.md that cannot be used and the main switch are problems', async () => {
  const { root, board } = await fixture({ isOn: false });
  await writeHook(root, 'broken', { events: ['Never'], command: 'true' });
  expect(await board.list()).toEqual({
    hooks: [],
    problems: [
      { path: 'channels.hooks.enabled', reason: expect.stringContaining('switched off') },
      { path: join(root, 'broken', 'HOOK.md'), reason: expect.any(String) },
    ],
  });
});
