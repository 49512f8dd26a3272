/** Builders for tests of tools: a context in a fresh directory, a scope, an executor with recording observers. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/core/clock.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createRedactor, type Redactor } from '../../src/security/redaction/redactor.ts';
import type { ArtifactStore, StoredArtifact } from '../../src/tools/artifact-store.ts';
import { createToolExecutor } from '../../src/tools/executor.ts';
import type { ToolExecutorOptions } from '../../src/tools/executor-options.ts';
import type { ToolExecutor, ToolObserver } from '../../src/tools/executor-port.ts';
import {
  type ChatWorkspace,
  defineTool,
  type Tool,
  type ToolContext,
  type ToolOutcome,
} from '../../src/tools/tool.ts';
import type { StartedCall, ToolCall, ToolCallResult, ToolCallScope } from '../../src/tools/tool-call.ts';

/** A real directory that is removed after the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'microclaw-test-')));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function temporaryWorkspace(): Promise<ChatWorkspace> {
  const baseDir = path.join(await temporaryDirectory(), 'chat', 'web', '1');
  const tmpDir = path.join(baseDir, 'tmp');
  await mkdir(tmpDir, { recursive: true });
  return { baseDir, tmpDir };
}

export function toolContext(workspace: ChatWorkspace, overrides: Partial<ToolContext> = {}): ToolContext {
  return {
    runId: 'run-1',
    toolUseId: 'call-1',
    chat: { chatId: 1, channel: 'web', externalId: 'main', kind: 'private' },
    actor: { kind: 'operator', id: 'session:1' },
    principal: 'main',
    isControlChat: false,
    workspace,
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    progress: () => {},
    ...overrides,
  };
}

export function callScope(overrides: Partial<ToolCallScope> = {}): ToolCallScope {
  return {
    runId: 'run-1',
    chat: { chatId: 100, channel: 'telegram', externalId: '100', kind: 'private' },
    actor: { kind: 'channel_user', id: 'telegram:100' },
    principal: 'main',
    isControlChat: false,
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** Artifacts in memory, with the ids the real store gives. */
export function memoryArtifacts(): ArtifactStore & { readonly stored: Map<string, StoredArtifact> } {
  const stored = new Map<string, StoredArtifact>();
  return {
    stored,
    async save(chatId, toolName, content) {
      const artifactId = `art_${stored.size.toString(16).padStart(32, '0')}`;
      stored.set(artifactId, { artifactId, chatId, toolName, content, totalChars: [...content].length });
      return artifactId;
    },
    find: async (artifactId) => stored.get(artifactId),
  };
}

export interface ExecutorFixture {
  readonly executor: ToolExecutor;
  readonly artifacts: ReturnType<typeof memoryArtifacts>;
  readonly workspace: ChatWorkspace;
  readonly warnings: string[];
  /** Runs one call and returns its answer. */
  call(name: string, input: ToolCall['input'], scope?: ToolCallScope): Promise<ToolCallResult>;
}

export async function executorFixture(
  tools: readonly Tool[],
  options: Partial<ToolExecutorOptions> & {
    readonly redactor?: Redactor;
    readonly workspace?: ChatWorkspace;
  } = {},
): Promise<ExecutorFixture> {
  const workspace = options.workspace ?? (await temporaryWorkspace());
  const artifacts = memoryArtifacts();
  const warnings: string[] = [];
  const executor = createToolExecutor({
    tools,
    workspaceFor: async () => workspace,
    artifacts,
    redactor: createRedactor([]),
    clock: systemClock,
    log: { warn: (_fields, message) => warnings.push(message) },
    ...options,
  });
  return {
    executor,
    artifacts,
    workspace,
    warnings,
    async call(name, input, scope = callScope()) {
      const [result] = await executor.execute(
        [{ toolUseId: 'call-1', name, input }],
        scope,
        recordingObserver(),
      );
      if (result === undefined) throw new Error('the executor returned no result');
      return result;
    },
  };
}

/** Keeps what it is told; `journal` has one line per event, in order. */
export function recordingObserver(): ToolObserver & {
  readonly journal: string[];
  readonly startedCalls: StartedCall[];
  readonly results: ToolCallResult[];
  readonly chunks: string[];
} {
  const journal: string[] = [];
  const startedCalls: StartedCall[] = [];
  const results: ToolCallResult[] = [];
  const chunks: string[] = [];
  return {
    journal,
    startedCalls,
    results,
    chunks,
    async started(call) {
      journal.push(`started ${call.toolUseId}`);
      startedCalls.push(call);
    },
    progress: (_toolUseId, chunk) => void chunks.push(chunk),
    async finished(result) {
      journal.push(`finished ${result.toolUseId}`);
      results.push(result);
    },
  };
}

/** What a tool made by `fakeTool` does. */
export type FakeRun = (input: JsonObject, context: ToolContext) => Promise<ToolOutcome>;

/** A read-only tool with one optional property `text`, unless overridden. */
export function fakeTool(name: string, run: FakeRun, overrides: Partial<Tool> = {}): Tool {
  return {
    ...defineTool({
      name,
      description: `${name} for tests`,
      input: z.object({ text: z.string().optional() }),
      risk: 'low',
      concurrency: 'read_only',
      defaultTimeoutSecs: 30,
      summarize: () => name,
      run: (input, context) => run(input as JsonObject, context),
    }),
    ...overrides,
  };
}

/** Answers with its `text`. */
export const echoTool = fakeTool('echo', async (input) => ({ content: String(input.text ?? '') }));

/** Calls without input, named `<tool>-<index>`. */
export function callsTo(...names: string[]): ToolCall[] {
  return names.map((name, index) => ({ toolUseId: `${name}-${index}`, name, input: {} }));
}
