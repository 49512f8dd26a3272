/**
 * Numbers that bound tool calls, and how the effective time limit of a call is found.
 *
 * Rule: input `timeout_secs` > `tool_timeout_overrides.<tool>` > `default_tool_timeout_secs` > the tool's built-in
 * default (DESIGN §7.3). Only a non-negative JSON integer counts as an input value.
 */
import { toolErrors } from './errors.ts';
import type { ConcurrencyClass, Tool } from './tool.ts';

export interface ToolLimits {
  /** `default_tool_timeout_secs`; unset means each tool's own default. */
  readonly defaultToolTimeoutSecs?: number | undefined;
  /** `tool_timeout_overrides`, seconds by tool name. Keys are compared trimmed and without case; 0 is ignored. */
  readonly toolTimeoutOverrides: Readonly<Record<string, number>>;
  /** Upper bound of a `timeout_secs` that the model asks for, unless configuration allows the tool more. */
  readonly maxToolTimeoutSecs: number;
  /** Read-only calls that run at the same time. */
  readonly parallelToolMaxConcurrency: number;
  /** `tool_concurrency_overrides`, class by tool name. */
  readonly toolConcurrencyOverrides: Readonly<Record<string, ConcurrencyClass>>;
  /** A longer result is spilled to an artifact; code points, 0 turns spilling off. */
  readonly truncationThresholdChars: number;
  readonly truncationHeadChars: number;
  readonly truncationTailChars: number;
  /** How long a tool may take to end after its signal was aborted, before it is answered for. */
  readonly abortGraceMs: number;
  /** Live output forwarded per call, in UTF-16 units; the rest only appears in the result. */
  readonly maxProgressChars: number;
}

export const defaultToolLimits: ToolLimits = {
  toolTimeoutOverrides: {},
  maxToolTimeoutSecs: 600,
  parallelToolMaxConcurrency: 8,
  toolConcurrencyOverrides: {},
  truncationThresholdChars: 4000,
  truncationHeadChars: 1500,
  truncationTailChars: 500,
  abortGraceMs: 5000,
  maxProgressChars: 131_072,
};

/** Fills gaps with defaults and normalises the override tables. Raises `MC_TOOLS_BAD_LIMITS`. */
export function resolveToolLimits(limits: Partial<ToolLimits>): ToolLimits {
  const merged = { ...defaultToolLimits, ...limits };
  for (const [key, value] of Object.entries({
    maxToolTimeoutSecs: merged.maxToolTimeoutSecs,
    parallelToolMaxConcurrency: merged.parallelToolMaxConcurrency,
  })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw toolErrors.create('BAD_LIMITS', `${key} must be a whole number of at least 1, not ${value}`);
  }
  return {
    ...merged,
    toolTimeoutOverrides: normaliseKeys(merged.toolTimeoutOverrides, (seconds) => seconds > 0),
    toolConcurrencyOverrides: normaliseKeys(merged.toolConcurrencyOverrides, () => true),
  };
}

/** Seconds a call of `tool` may take when its input names no limit. */
export function configuredTimeoutSecs(tool: Tool, limits: ToolLimits): number {
  const override = limits.toolTimeoutOverrides[tool.name.toLowerCase()];
  const configured = override ?? limits.defaultToolTimeoutSecs;
  return configured !== undefined && configured > 0 ? configured : tool.defaultTimeoutSecs;
}

/** Where the limit of a tool comes from. */
export type TimeoutSource = 'override' | 'default' | 'builtin';

/** Which setting `configuredTimeoutSecs` has followed (DESIGN §7.3). */
export function timeoutSource(tool: Tool, limits: ToolLimits): TimeoutSource {
  const override = limits.toolTimeoutOverrides[tool.name.toLowerCase()];
  if (override !== undefined && override > 0) return 'override';
  return (limits.defaultToolTimeoutSecs ?? 0) > 0 ? 'default' : 'builtin';
}

/** Seconds this call may take. `requested` is the raw `timeout_secs` of the input. */
export function effectiveTimeoutSecs(tool: Tool, requested: unknown, limits: ToolLimits): number {
  const configured = configuredTimeoutSecs(tool, limits);
  if (tool.acceptsTimeout !== true || !isUsableTimeout(requested)) return configured;
  const ceiling = Math.max(limits.maxToolTimeoutSecs, configured);
  return Math.min(Math.max(requested, 1), ceiling);
}

/** True for the only form of `timeout_secs` that counts: a non-negative JSON integer. */
export function isUsableTimeout(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The class a call is scheduled by. */
export function concurrencyOf(tool: Tool, limits: ToolLimits): ConcurrencyClass {
  return limits.toolConcurrencyOverrides[tool.name.toLowerCase()] ?? tool.concurrency;
}

function normaliseKeys<Value>(
  table: Readonly<Record<string, Value>>,
  keep: (value: Value) => boolean,
): Readonly<Record<string, Value>> {
  const entries = Object.entries(table)
    .map(([key, value]) => [key.trim().toLowerCase(), value] as const)
    .filter(([key, value]) => key !== '' && keep(value));
  return Object.fromEntries(entries);
}
