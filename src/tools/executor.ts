/**
 * The one way a tool is run, whoever asks: waves in the model's order, and the whole pipeline for every call.
 *
 * Invariants: results are in call order; a call of a later wave begins only after every call of the earlier ones has
 * been answered and recorded; after an abort no further call begins and the promise rejects when the begun ones ended.
 */
import { liveView } from '../core/live-view.ts';
import { runCall } from './call-pipeline.ts';
import type { ExecutorParts, ToolExecutorOptions } from './executor-options.ts';
import type { ToolExecutor, ToolFacts, ToolObserver } from './executor-port.ts';
import { inspectCall } from './inspect-call.ts';
import {
  concurrencyOf,
  configuredTimeoutSecs,
  resolveToolLimits,
  type ToolLimits,
  timeoutSource,
} from './limits.ts';
import { passThroughPorts } from './ports.ts';
import { createToolRegistry } from './registry.ts';
import { redactJson } from './steps/redact-json.ts';
import type { ConcurrencyClass, Tool } from './tool.ts';
import type { ToolCall, ToolCallResult, ToolCallScope } from './tool-call.ts';
import { planWaves, runLimited } from './waves.ts';

/** Raises `MC_TOOLS_DUPLICATE_NAME` and `MC_TOOLS_BAD_LIMITS`. */
export function createToolExecutor(options: ToolExecutorOptions): ToolExecutor {
  const parts: ExecutorParts = {
    registry: createToolRegistry(options.tools),
    workspaceFor: (chat) => options.workspaceFor(chat),
    artifacts: options.artifacts,
    redactor: options.redactor,
    limits: liveLimits(options.limits ?? {}),
    ports: { ...passThroughPorts, ...options.ports },
    clock: options.clock,
    log: options.log,
  };
  return {
    definitions: (offer = 'all') => parts.registry.definitions(offer),
    execute: (calls, scope, observer) => executeWaves(parts, calls, scope, observer),
    inspect: (name, input, scope) => inspectCall(parts, name, input, scope),
    redactInput: (input) => redactJson(input, parts.redactor),
    describe(name) {
      const tool = parts.registry.find(name);
      return tool === undefined ? undefined : factsOf(tool, parts);
    },
    catalog: () => parts.registry.tools.map((tool) => factsOf(tool, parts)),
  };
}

/** Resolved anew only when the given limits have changed. */
function liveLimits(given: Partial<ToolLimits> | (() => Partial<ToolLimits>)): ToolLimits {
  if (typeof given !== 'function') return resolveToolLimits(given);
  let from = given();
  let resolved = resolveToolLimits(from);
  return liveView(() => {
    const now = given();
    if (now !== from) [from, resolved] = [now, resolveToolLimits(now)];
    return resolved;
  });
}

async function executeWaves(
  parts: ExecutorParts,
  calls: readonly ToolCall[],
  scope: ToolCallScope,
  observer: ToolObserver,
): Promise<readonly ToolCallResult[]> {
  const results: ToolCallResult[] = [];
  const limit = parts.limits.parallelToolMaxConcurrency;
  for (const wave of planWaves(calls, (call) => classOf(call, parts))) {
    scope.signal.throwIfAborted();
    const answers = await runLimited(wave, limit, scope.signal, (call) =>
      runCall(parts, call, scope, observer),
    );
    results.push(...answers.filter((answer) => answer !== undefined));
  }
  scope.signal.throwIfAborted();
  return results;
}

/** Unknown tools never run; they are barriers like any call whose effect is not known. */
function classOf(call: ToolCall, parts: ExecutorParts): ConcurrencyClass {
  const tool = parts.registry.find(call.name);
  return tool === undefined ? 'side_effect' : concurrencyOf(tool, parts.limits);
}

function factsOf(tool: Tool, parts: ExecutorParts): ToolFacts {
  return {
    name: tool.name,
    description: tool.description,
    risk: tool.risk,
    concurrency: concurrencyOf(tool, parts.limits),
    idempotent: tool.idempotent === true,
    timeoutSecs: configuredTimeoutSecs(tool, parts.limits),
    timeoutSource: timeoutSource(tool, parts.limits),
  };
}
