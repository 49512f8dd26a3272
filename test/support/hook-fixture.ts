/** Hooks on a real disk, run as real processes, with a real audit log. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { systemClock } from '../../src/core/clock.ts';
import { systemIds } from '../../src/core/ids.ts';
import { HookCatalog } from '../../src/hooks/hook-catalog.ts';
import { createHookProcess, type RunHookProcess } from '../../src/hooks/hook-process.ts';
import { type HookCall, type HookLimits, HookRunner } from '../../src/hooks/hook-runner.ts';
import { renderHooksState } from '../../src/hooks/hooks-state.ts';
import type { Logger } from '../../src/observability/logger.ts';
import { endProcessGroup, killStrays } from '../../src/sandbox/process/process-group.ts';
import { createRedactor } from '../../src/security/redaction/redactor.ts';
import type { FakeModelServer } from './fake-model/fake-model-server.ts';
import { StorageFixture } from './storage-fixture.ts';
import { temporaryDirectory } from './tool-fixture.ts';

/** Writes `<root>/<name>/HOOK.md`; every field of the front matter may be given. */
export async function writeHook(
  root: string,
  name: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<string> {
  const directory = join(root, name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'HOOK.md'), `---\n${stringify(fields)}---\n\nNotes for people.\n`);
  return directory;
}

/** A command that reads its input and prints `answer`. */
export function printing(answer: unknown): string {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return `cat >/dev/null; printf '%s' '${text}'`;
}

/** A logger that keeps `message` and fields. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const keep = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, ...fields });
  const logger: Logger = {
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    child: () => logger,
  };
  return { logger, lines };
}

export const realHookProcess: RunHookProcess = createHookProcess({
  clock: systemClock,
  ids: systemIds,
  endGroup: (groupId) => endProcessGroup({ groupId, killAfterMs: 0, clock: systemClock }),
  killStrays,
});

export class HookFixture {
  readonly root: string;
  readonly stateFile: string;
  readonly runner: HookRunner;
  readonly lines: Record<string, unknown>[];
  readonly #storage: StorageFixture;

  private constructor(directory: string, storage: StorageFixture, limits: Partial<HookLimits>) {
    this.root = join(directory, 'hooks');
    this.stateFile = join(directory, 'hooks_state.json');
    this.#storage = storage;
    const { logger, lines } = recordingLogger();
    this.lines = lines;
    this.runner = new HookRunner(
      {
        catalog: new HookCatalog({ roots: [this.root], stateFile: this.stateFile, logger }),
        runProcess: realHookProcess,
        audit: (entry) => storage.repositories.audit.append(entry),
        redactor: createRedactor([{ key: 'KEY', value: 'configured-secret' }]),
        env: { PATH: process.env.PATH ?? '/usr/bin:/bin', MICROCLAW_HOOK_NODE: process.execPath },
        logger,
      },
      { maxInputBytes: 131_072, maxOutputBytes: 65_536, ...limits },
    );
  }

  static async open(limits: Partial<HookLimits> = {}): Promise<HookFixture> {
    const storage = await StorageFixture.open();
    onTestFinished(() => storage.dispose());
    return new HookFixture(await temporaryDirectory(), storage, limits);
  }

  /** `BeforeToolCall` unless the fields say otherwise. */
  add(name: string, fields: Readonly<Record<string, unknown>>): Promise<string> {
    return writeHook(this.root, name, { events: ['BeforeToolCall'], ...fields });
  }

  remove(name: string): Promise<void> {
    return rm(join(this.root, name), { recursive: true });
  }

  setState(state: Readonly<Record<string, boolean>>): Promise<void> {
    return writeFile(this.stateFile, renderHooksState(state));
  }

  /** Rows of the audit log as `actor/action/status: detail`, oldest first. */
  async auditRows(): Promise<string[]> {
    const rows = await this.#storage.repositories.audit.list({ limit: 100, kind: 'hook' });
    return rows
      .map(({ actor, action, status, detail }) => `${actor}/${action}/${status}: ${detail}`)
      .reverse();
  }
}

/** A call of the tool `bash` that hooks are asked about. */
export function toolCallEvent(overrides: Partial<HookCall> = {}): HookCall {
  return {
    event: 'BeforeToolCall',
    chat: { chatId: 7, channel: 'web' },
    toolName: 'bash',
    payload: () => ({ iteration: 1, tool_name: 'bash', tool_input: { command: 'ls' } }),
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** The newest tool result that the model was sent. */
export function newestToolResult(model: FakeModelServer): string {
  const request = model.requests.at(-1);
  if (request === undefined) throw new Error('the model was not asked');
  // The chat completions format, which the tests configure.
  const { messages } = request.body as { messages: { role: string; content: string }[] };
  return messages.findLast((message) => message.role === 'tool')?.content ?? '';
}
