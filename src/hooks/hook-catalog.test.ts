import { rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordingLogger, writeHook } from '../../test/support/hook-fixture.ts';
import { temporaryDirectory } from '../../test/support/tool-fixture.ts';
import { HookCatalog } from './hook-catalog.ts';
import { renderHooksState } from './hooks-state.ts';

async function fixture() {
  const directory = await temporaryDirectory();
  const roots = [join(directory, 'first'), join(directory, 'second')] as const;
  const stateFile = join(directory, 'hooks_state.json');
  const { logger, lines } = recordingLogger();
  const catalog = new HookCatalog({ roots, stateFile, logger });
  return {
    roots,
    stateFile,
    lines,
    catalog,
    names: async () => (await catalog.active()).map((hook) => hook.name),
    setState: (state: Record<string, boolean>) => writeFile(stateFile, renderHooksState(state)),
  };
}

const FIELDS = { events: ['AfterTurn'], command: 'true' };

describe('the hooks in force', () => {
  test('are none where there are no directories', async () => {
    const { names, lines } = await fixture();
    expect(await names()).toEqual([]);
    expect(lines).toEqual([]);
  });

  test('are ordered by priority, then by name', async () => {
    const { roots, names } = await fixture();
    await writeHook(roots[0], 'b', FIELDS);
    await writeHook(roots[1], 'a', FIELDS);
    await writeHook(roots[1], 'z', { ...FIELDS, priority: 5 });
    expect(await names()).toEqual(['z', 'a', 'b']);
  });

  test('have a name once: the first directory wins, and the other is reported once', async () => {
    const { roots, catalog, lines } = await fixture();
    await writeHook(roots[1], 'same', FIELDS);
    await writeHook(roots[0], 'another-directory', { ...FIELDS, name: 'same' });
    const [hook, ...others] = await catalog.active();
    await catalog.active();
    expect(hook?.path).toBe(join(roots[0], 'another-directory', 'HOOK.md'));
    expect(others).toEqual([]);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        path: join(roots[1], 'same', 'HOOK.md'),
        reason: expect.stringContaining('already belongs to'),
      }),
    ]);
  });

  test('leave out what cannot be used and directories without a HOOK.md, and say so once', async () => {
    const { roots, names, lines } = await fixture();
    await writeHook(roots[0], 'good', FIELDS);
    const bad = await writeHook(roots[0], 'bad', { command: 'true' });
    await rm(join(await writeHook(roots[0], 'empty', FIELDS), 'HOOK.md'));
    expect(await names()).toEqual(['good']);
    expect(await names()).toEqual(['good']);
    expect(lines.map((line) => line.path)).toEqual([join(bad, 'HOOK.md')]);
  });

  test('follow changes on disk', async () => {
    const { roots, names, catalog } = await fixture();
    const directory = await writeHook(roots[0], 'h', FIELDS);
    expect(await names()).toEqual(['h']);
    await writeHook(roots[0], 'h', { ...FIELDS, timeout_ms: 77 });
    expect((await catalog.active())[0]?.timeoutMs).toBe(77);
    await writeFile(join(directory, 'HOOK.md'), `---\nevents: AfterTurn\ncommand: c\nenabled: false\n---\n`);
    expect(await names()).toEqual([]);
  });
});

describe('a directory that was listed long after its last change', () => {
  test('is listed again when a hook is added to it or taken away', async () => {
    const { roots, names, catalog } = await fixture();
    await writeHook(roots[0], 'first', FIELDS);
    const past = new Date(Date.now() - 60_000);
    await utimes(roots[0], past, past);
    expect(await names()).toEqual(['first']);
    expect(await names()).toEqual(['first']);
    await rename(await writeHook(roots[1], 'second', FIELDS), join(roots[0], 'second'));
    expect(await names()).toEqual(['first', 'second']);
    await utimes(roots[0], past, past);
    expect(await names()).toEqual(['first', 'second']);
    await rm(join(roots[0], 'first'), { recursive: true });
    expect((await catalog.active()).map((hook) => [hook.name, hook.lost])).toEqual([
      ['first', true],
      ['second', false],
    ]);
  });
});

describe('hooks_state.json', () => {
  test('wins over the HOOK.md, from the next look on', async () => {
    const { roots, names, setState, stateFile } = await fixture();
    await writeHook(roots[0], 'on', FIELDS);
    await writeHook(roots[0], 'off', { ...FIELDS, enabled: false });
    expect(await names()).toEqual(['on']);
    await setState({ on: false, off: true });
    expect(await names()).toEqual(['off']);
    await setState({ on: true, off: true });
    expect(await names()).toEqual(['off', 'on']);
    await rm(stateFile);
    expect(await names()).toEqual(['on']);
  });

  test('stays in force as it was when it becomes unreadable, with one warning', async () => {
    const { roots, names, setState, stateFile, lines } = await fixture();
    await writeHook(roots[0], 'h', FIELDS);
    await setState({ h: false });
    expect(await names()).toEqual([]);
    await writeFile(stateFile, '{"h": tru');
    expect(await names()).toEqual([]);
    expect(await names()).toEqual([]);
    expect(lines.map((line) => line.message)).toEqual(['hooks_state.json cannot be used']);
  });

  test('cannot switch on what an object inherits', async () => {
    const { roots, names } = await fixture();
    await writeHook(roots[0], 'constructor', { ...FIELDS, enabled: false });
    expect(await names()).toEqual([]);
  });
});

describe('a hook whose file disappears', () => {
  test('is lost until it is forgotten', async () => {
    const { roots, names, catalog } = await fixture();
    const directory = await writeHook(roots[0], 'h', FIELDS);
    await catalog.active();
    await rm(directory, { recursive: true });
    const [lost] = await catalog.active();
    expect(lost).toMatchObject({ name: 'h', lost: true });
    if (lost !== undefined) catalog.forget(lost);
    expect(await names()).toEqual([]);
  });

  test('is there again when the file comes back', async () => {
    const { roots, catalog } = await fixture();
    const directory = await writeHook(roots[0], 'h', FIELDS);
    await catalog.active();
    await rm(directory, { recursive: true });
    const [lost] = await catalog.active();
    await writeHook(roots[1], 'h', FIELDS);
    const [found] = await catalog.active();
    expect(found).toMatchObject({ lost: false, path: join(roots[1], 'h', 'HOOK.md') });
    if (lost !== undefined) catalog.forget(lost);
    expect(await catalog.active()).toHaveLength(1);
  });
});
