/**
 * Runs the hooks of one event, one after the other (agent-runtime §11).
 *
 * Invariants: it never rejects; the first block ends the chain; each hook sees what the hooks before it changed; a
 * hook that fails is skipped, or blocks when its `fail_mode` is `closed`; every block, change and failure is one audit
 * row of kind `hook`, written before the answer; a stopped caller is not a failure of the hook.
 */
import type { ChatRef } from '../core/chat.ts';
import type { JsonObject } from '../core/json.ts';
import { ellipsize } from '../core/text.ts';
import type { Logger } from '../observability/logger.ts';
import type { Redactor } from '../security/redaction/redactor.ts';
import type { NewAuditEntry } from '../storage/repositories/audit-repository.ts';
import { parseHookAnswer } from './hook-answer.ts';
import type { ActiveHook, HookCatalog } from './hook-catalog.ts';
import type { HookEvent } from './hook-definition.ts';
import { applyPatch } from './hook-patches.ts';
import type { HookExit, RunHookProcess } from './hook-process.ts';

/** Something hooks are asked about. */
export interface HookCall {
  readonly event: HookEvent;
  readonly chat: Pick<ChatRef, 'chatId' | 'channel'>;
  /** For tool events: selects hooks by their `tools`. */
  readonly toolName?: string;
  /** The event's own fields. Built only when a hook wants them. */
  payload(): JsonObject;
  readonly signal: AbortSignal;
}

/** `unchanged`: no hook had anything to say; the payload need not be read back. */
export type HookVerdict =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly payload: JsonObject }
  /** `reason` is `null` when the hook gave none. */
  | { readonly kind: 'blocked'; readonly hook: string; readonly reason: string | null };

/** What happened with the hooks since the start of the program. */
export interface HookCounts {
  readonly runs: number;
  readonly blocks: number;
  readonly changes: number;
  readonly failures: number;
}

export interface HookRunnerParts {
  readonly catalog: Pick<HookCatalog, 'active' | 'forget'>;
  readonly runProcess: RunHookProcess;
  /** Appends to the audit log. */
  audit(entry: NewAuditEntry): Promise<void>;
  readonly redactor: Pick<Redactor, 'redact'>;
  /** Environment of every hook. */
  readonly env: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

export interface HookLimits {
  readonly maxInputBytes: number;
  readonly maxOutputBytes: number;
}

/** What one hook did. */
type Step =
  | { readonly kind: 'allowed' | 'stopped' }
  | { readonly kind: 'blocked'; readonly reason: string | null }
  | { readonly kind: 'changed'; readonly payload: JsonObject; readonly keys: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string };

type AuditStatus = 'block' | 'modify' | 'error';

const MAX_DETAIL_CHARS = 500;
const NO_RUNS: HookCounts = { runs: 0, blocks: 0, changes: 0, failures: 0 };

export class HookRunner {
  readonly #parts: HookRunnerParts;
  readonly #limits: HookLimits;
  readonly #counts = new Map<string, HookCounts>();

  constructor(parts: HookRunnerParts, limits: HookLimits) {
    this.#parts = parts;
    this.#limits = limits;
  }

  /** Asks every hook of the event in order. Never rejects. */
  async run(call: HookCall): Promise<HookVerdict> {
    const hooks = (await this.#parts.catalog.active()).filter((hook) => isConcerned(hook, call));
    if (hooks.length === 0) return { kind: 'unchanged' };
    let payload = call.payload();
    let isChanged = false;
    for (const hook of hooks) {
      const step = await this.#ask(hook, call, payload);
      switch (step.kind) {
        case 'allowed':
          break;
        case 'stopped':
          return isChanged ? { kind: 'changed', payload } : { kind: 'unchanged' };
        case 'changed':
          payload = step.payload;
          isChanged = true;
          await this.#note(hook, call, 'modify', `changed ${step.keys.join(', ') || 'nothing'}`);
          break;
        case 'blocked':
          await this.#note(hook, call, 'block', step.reason ?? 'no reason given');
          return { kind: 'blocked', hook: hook.name, reason: step.reason };
        case 'failed':
          await this.#note(hook, call, 'error', step.reason);
          if (hook.failMode === 'open') break;
          return { kind: 'blocked', hook: hook.name, reason: failClosedReason(hook, step.reason) };
        default:
          step satisfies never;
      }
    }
    return isChanged ? { kind: 'changed', payload } : { kind: 'unchanged' };
  }

  async #ask(hook: ActiveHook, call: HookCall, payload: JsonObject): Promise<Step> {
    this.#count(hook, 'runs');
    if (hook.lost) {
      if (hook.failMode === 'open') this.#parts.catalog.forget(hook);
      return { kind: 'failed', reason: `${hook.path} is gone or can no longer be used` };
    }
    const { event, chat } = call;
    const input = JSON.stringify({ event, chat_id: chat.chatId, caller_channel: chat.channel, ...payload });
    const inputBytes = Buffer.byteLength(input);
    if (inputBytes > this.#limits.maxInputBytes) {
      const reason = `not run: its input of ${inputBytes} bytes is over max_input_bytes (${this.#limits.maxInputBytes})`;
      return { kind: 'failed', reason };
    }
    const exit = await this.#parts.runProcess({
      command: hook.command,
      cwd: hook.directory,
      env: { ...this.#parts.env, MICROCLAW_HOOK_EVENT: event, MICROCLAW_HOOK_NAME: hook.name },
      input,
      timeoutMs: hook.timeoutMs,
      maxOutputBytes: this.#limits.maxOutputBytes,
      signal: call.signal,
    });
    return this.#judge(exit, hook, event, payload);
  }

  #judge(exit: HookExit, hook: ActiveHook, event: HookEvent, payload: JsonObject): Step {
    switch (exit.kind) {
      case 'stopped':
        return { kind: 'stopped' };
      case 'timed_out':
        return { kind: 'failed', reason: `timed out after ${hook.timeoutMs} ms` };
      case 'too_much_output':
        return {
          kind: 'failed',
          reason: `printed more than max_output_bytes (${this.#limits.maxOutputBytes})`,
        };
      case 'not_started':
        return { kind: 'failed', reason: `could not be started in ${hook.directory}: ${exit.message}` };
      case 'exited':
        return judgeOutput(exit, event, payload);
      default:
        return exit satisfies never;
    }
  }

  /** One audit row and one log line. A row that cannot be written does not stop the call. */
  async #note(hook: ActiveHook, call: HookCall, status: AuditStatus, reason: string): Promise<void> {
    this.#count(hook, COUNTED_AS[status]);
    const detail = ellipsize(this.#parts.redactor.redact(reason), MAX_DETAIL_CHARS);
    const fields = { hook: hook.name, event: call.event, status, detail, ...this.#countsOf(hook.name) };
    if (status === 'error') this.#parts.logger.warn(fields, 'hook failed');
    else this.#parts.logger.info(fields, 'hook intervened');
    try {
      await this.#parts.audit({
        kind: 'hook',
        actor: hook.name,
        action: call.event,
        target: call.toolName ?? null,
        status,
        detail,
      });
    } catch (error) {
      this.#parts.logger.error({ hook: hook.name, err: error }, 'hook audit row could not be written');
    }
  }

  #countsOf(name: string): HookCounts {
    return this.#counts.get(name) ?? NO_RUNS;
  }

  #count(hook: ActiveHook, what: keyof HookCounts): void {
    const counts = this.#countsOf(hook.name);
    this.#counts.set(hook.name, { ...counts, [what]: counts[what] + 1 });
  }
}

const COUNTED_AS = { block: 'blocks', modify: 'changes', error: 'failures' } as const;

function isConcerned(hook: ActiveHook, call: HookCall): boolean {
  if (!hook.events.includes(call.event)) return false;
  return call.toolName === undefined || hook.tools.length === 0 || hook.tools.includes(call.toolName);
}

function judgeOutput(
  exit: Extract<HookExit, { kind: 'exited' }>,
  event: HookEvent,
  payload: JsonObject,
): Step {
  if (exit.exitCode !== 0) {
    const how = exit.exitCode === null ? 'was ended by a signal' : `ended with exit code ${exit.exitCode}`;
    return { kind: 'failed', reason: exit.stderr === '' ? how : `${how}: ${exit.stderr}` };
  }
  const answer = parseHookAnswer(exit.stdout);
  if (answer === undefined) return { kind: 'failed', reason: 'printed something that is not an answer' };
  if (event === 'AfterTurn' || answer.kind === 'allow') return { kind: 'allowed' };
  if (answer.kind === 'block')
    return { kind: 'blocked', reason: answer.reason === '' ? null : answer.reason };
  const patched = applyPatch(event, payload, answer.patch);
  return patched.kind === 'unusable'
    ? { kind: 'failed', reason: patched.reason }
    : { kind: 'changed', payload: patched.payload, keys: patched.keys };
}

/** What the model is told. What the hook printed on stderr is for the log only. */
function failClosedReason(hook: ActiveHook, reason: string): string {
  return `blocked by hook ${hook.name}, which failed (${ellipsize(reason.split(':')[0] ?? '', 120)})`;
}
