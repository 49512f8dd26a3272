/**
 * What a `HOOK.md` says (agent-runtime §11): YAML front matter between `---` lines, then free text for people.
 *
 * Invariants: a definition is complete and within its bounds; what cannot be understood rejects the hook with a
 * reason, except where the safe reading is obvious (an unknown `fail_mode` means `closed`).
 */
import { basename, join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../config/yaml-source.ts';
import { lazyObject } from '../core/lazy-object.ts';

/** The moments a hook can be called at. */
export const HOOK_EVENTS = ['BeforeLLMCall', 'BeforeToolCall', 'AfterToolCall', 'AfterTurn'] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

/** What a failure of the hook means: `open` goes on without it, `closed` blocks what it was asked about. */
export type HookFailMode = 'open' | 'closed';

export interface HookDefinition {
  readonly name: string;
  readonly description: string;
  readonly events: readonly HookEvent[];
  /** Shell source, run in `directory`. */
  readonly command: string;
  /** As the file says; `hooks_state.json` wins over it. */
  readonly enabled: boolean;
  readonly timeoutMs: number;
  /** Lower runs first; equal ones by name. */
  readonly priority: number;
  readonly failMode: HookFailMode;
  /** Tool events only for these tools; empty means every tool. */
  readonly tools: readonly string[];
  readonly directory: string;
  /** Path of the `HOOK.md`. */
  readonly path: string;
}

/** A hook, or why there is none. */
export type ParsedHook =
  | { readonly kind: 'hook'; readonly hook: HookDefinition }
  | { readonly kind: 'rejected'; readonly reason: string };

export const HOOK_FILE = 'HOOK.md';

const TIMEOUT_MS = { fallback: 1500, min: 10, max: 120_000 } as const;
const DEFAULT_PRIORITY = 100;

const frontMatter = lazyObject(() => {
  const oneLine = z
    .string()
    .trim()
    .min(1)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be in a name
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line without control characters');
  const names = z.union([z.array(z.string()), z.string().transform((text) => text.split(','))]);
  return {
    name: oneLine.nullish(),
    description: z.string().trim().nullish(),
    events: names,
    command: z.string().trim().min(1),
    enabled: z.boolean().nullish(),
    timeout_ms: z.number().nullish(),
    priority: z.number().nullish(),
    fail_mode: z.unknown().optional(),
    tools: names.nullish(),
  };
});

/** Reads the text of the `HOOK.md` in `directory`. */
export async function parseHookFile(text: string, directory: string): Promise<ParsedHook> {
  const yaml = frontMatterOf(text);
  if (yaml === undefined) return reject('it does not begin with YAML front matter between `---` lines');
  const source = await readYaml(yaml);
  if (source.value === undefined) return reject(source.problems[0]?.message ?? 'YAML syntax error');
  const parsed = frontMatter.safeParse(source.value);
  if (!parsed.success) return reject(describeIssue(parsed.error.issues[0]));
  const fields = parsed.data;
  const wanted = clean(fields.events);
  const events = HOOK_EVENTS.filter((event) => wanted.includes(event));
  if (events.length === 0) return reject(`\`events\` names none of ${HOOK_EVENTS.join(', ')}`);
  const hook: HookDefinition = {
    name: fields.name ?? basename(directory),
    description: fields.description ?? '',
    events,
    command: fields.command,
    enabled: fields.enabled ?? true,
    timeoutMs: clampTimeout(fields.timeout_ms),
    priority: fields.priority ?? DEFAULT_PRIORITY,
    failMode: readFailMode(fields.fail_mode),
    tools: clean(fields.tools ?? []),
    directory,
    path: join(directory, HOOK_FILE),
  };
  return { kind: 'hook', hook };
}

function reject(reason: string): ParsedHook {
  return { kind: 'rejected', reason };
}

/** The lines between the opening `---` and the next `---` or `...`. A byte order mark may stand in front. */
function frontMatterOf(text: string): string | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines[0]?.trimEnd() !== '---') return undefined;
  const end = lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)\s*$/.test(line));
  return end === -1 ? undefined : lines.slice(1, end).join('\n');
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'it is not valid';
  return `\`${issue.path.join('.')}\`: ${issue.message}`;
}

function clean(values: readonly string[]): readonly string[] {
  return values.map((value) => value.trim()).filter((value) => value !== '');
}

function clampTimeout(value: number | null | undefined): number {
  if (value === null || value === undefined) return TIMEOUT_MS.fallback;
  return Math.round(Math.min(Math.max(value, TIMEOUT_MS.min), TIMEOUT_MS.max));
}

/** Whoever writes the key wants protection; a misspelt value must not switch it off. */
function readFailMode(value: unknown): HookFailMode {
  return value === undefined || value === null || value === 'open' ? 'open' : 'closed';
}

/** The order in which hooks run. */
export function byPriority(left: HookDefinition, right: HookDefinition): number {
  if (left.priority !== right.priority) return left.priority - right.priority;
  return left.name < right.name ? -1 : 1;
}
