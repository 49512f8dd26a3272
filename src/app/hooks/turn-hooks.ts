/**
 * `BeforeLLMCall` and `AfterTurn`: translates between the agent's port and the hook runner.
 *
 * Invariants: a system prompt that no hook changed is handed back as it was, so that providers' caches hold; hooks of
 * finished turns are ended by `stop` and never outlive the program.
 */
import type { TurnHooksPort } from '../../agent/turn-hooks-port.ts';
import { sliceCodePoints } from '../../core/text.ts';
import type { HookRunner } from '../../hooks/hook-runner.ts';

export interface TurnHooks extends TurnHooksPort {
  /** Ends hooks that still run; resolves when none does. Idempotent. */
  stop(): Promise<void>;
}

const DEFAULT_REASON = 'Request blocked by policy hook.';
const PREVIEW_CHARS = 500;

/** The agent's hook port. */
export function createTurnHooks(runner: HookRunner): TurnHooks {
  const stopping = new AbortController();
  const running = new Set<Promise<unknown>>();
  return {
    async beforeModelCall({ chat, iteration, system, messageCount, toolCount, signal }) {
      const verdict = await runner.run({
        event: 'BeforeLLMCall',
        chat,
        signal,
        payload: () => ({
          iteration,
          system_prompt: system.map((part) => part.text).join('\n\n'),
          messages_len: messageCount,
          tools_len: toolCount,
        }),
      });
      switch (verdict.kind) {
        case 'unchanged':
          return { kind: 'proceed', system };
        case 'blocked':
          return { kind: 'blocked', reason: verdict.reason ?? DEFAULT_REASON };
        case 'changed':
          return {
            kind: 'proceed',
            system: [{ text: String(verdict.payload.system_prompt), stable: false }],
          };
        default:
          return verdict satisfies never;
      }
    },
    afterTurn({ chat, iterations, toolsUsed, response }) {
      const done: Promise<unknown> = runner
        .run({
          event: 'AfterTurn',
          chat,
          signal: stopping.signal,
          payload: () => ({
            iterations,
            tools_used: toolsUsed,
            response_preview: sliceCodePoints(response, 0, PREVIEW_CHARS),
          }),
        })
        .finally(() => running.delete(done));
      running.add(done);
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
