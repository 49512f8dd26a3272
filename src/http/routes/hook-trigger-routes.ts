/**
 * `POST /hooks/agent` and `POST /hooks/wake`: other programs give the agent something to do.
 *
 * Invariants: only the hook token opens them; their text is never a command and answers no approval; a repeated
 * delivery with the same Idempotency-Key, also after a restart, is answered with the run of the first.
 */
import type { Context } from 'hono';
import { HOOK_TOKEN_IDENTITY } from '../auth/identity.ts';
import { httpErrors } from '../errors.ts';
import { hookSessionKey } from '../hook-session.ts';
import type { HttpEnv } from '../http-env.ts';
import { claimRequest } from '../idempotency.ts';
import { takeRunPermit } from '../limits/run-permit.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  hookAgentBodySchema,
  hookRunSchema,
  hookWakeBodySchema,
  hookWakeSchema,
} from '../schemas/hook-triggers.ts';
import type { HttpServices } from '../services.ts';
import { startRun } from './start-run.ts';

const DEFAULT_SENDER = { agent: 'webhook', wake: 'webhook-system' } as const;
const WAKE_MODES = ['now', 'next-heartbeat'] as const;
type WakeMode = (typeof WAKE_MODES)[number];

/** What a webhook asks for, checked. */
interface HookMessage {
  readonly kind: 'agent' | WakeMode;
  readonly sessionKey: string;
  readonly sender: string;
  readonly text: string;
}

export function hookTriggerRoutes(services: HttpServices): readonly MountableRoute[] {
  return [agentRoute(services), wakeRoute(services)];
}

function agentRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/hooks/agent', '/api/hooks/agent'],
      summary: 'Start a run with a message of another program',
      tag: 'hook triggers',
      access: { kind: 'hook_token' },
      body: hookAgentBodySchema,
      response: hookRunSchema,
    },
    async ({ body, context }) => {
      const text = body.message?.trim() ?? '';
      if (text === '') throw httpErrors.create('INVALID_REQUEST', 'message is required');
      const sessionKey = hookSessionKey(body.sessionKey ?? body.session_key, services.options.hooks.session);
      const sender = firstName(body.senderName, body.sender_name, body.name) ?? DEFAULT_SENDER.agent;
      return run(services, context, { kind: 'agent', sessionKey, sender, text });
    },
  );
}

function wakeRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/hooks/wake', '/api/hooks/wake'],
      summary: 'Tell the agent about an event, now or with its next run',
      tag: 'hook triggers',
      access: { kind: 'hook_token' },
      body: hookWakeBodySchema,
      response: hookWakeSchema,
    },
    async ({ body, context }) => {
      const text = body.text?.trim() ?? '';
      if (text === '') throw httpErrors.create('INVALID_REQUEST', 'text is required');
      const kind = wakeMode(body.mode);
      const sessionKey = hookSessionKey(body.sessionKey ?? body.session_key, services.options.hooks.session);
      const sender = firstName(body.senderName, body.sender_name) ?? DEFAULT_SENDER.wake;
      const message = { kind, sessionKey, sender, text: `System event: ${text}` };
      return kind === 'now' ? run(services, context, message) : store(services, context, message);
    },
  );
}

function wakeMode(requested: string | null | undefined): WakeMode {
  const wanted = requested?.trim() || 'now';
  const mode = WAKE_MODES.find((candidate) => candidate === wanted);
  if (mode !== undefined) return mode;
  throw httpErrors.create('INVALID_REQUEST', `mode must be one of: ${WAKE_MODES.join(', ')}`);
}

function firstName(...candidates: readonly (string | null | undefined)[]): string | undefined {
  return candidates.map((name) => name?.trim()).find((name) => name !== undefined && name !== '');
}

async function run(services: HttpServices, context: Context<HttpEnv>, message: HookMessage) {
  const claimed = await claim(services, context, message);
  const earlier = claimed?.runId == null ? undefined : await services.turns.find(claimed.runId);
  if (earlier !== undefined) {
    const { runId, sessionKey, chatId } = earlier;
    return { ok: true, run_id: runId, session_key: sessionKey, chat_id: chatId, duplicate: true } as const;
  }
  const accepted = await startRun(services, context, HOOK_TOKEN_IDENTITY, {
    message: message.text,
    session_key: message.sessionKey,
    sender_name: message.sender,
    client_message_id: claimed?.messageId,
  });
  if (claimed !== undefined) await services.repositories.hookRequests.complete(claimed, accepted.runId);
  const { runId, sessionKey, chatId, duplicate } = accepted;
  return { ok: true, run_id: runId, session_key: sessionKey, chat_id: chatId, duplicate } as const;
}

/** Counts against the limits like a run, so that a sender in a loop cannot fill the disk. */
async function store(services: HttpServices, context: Context<HttpEnv>, message: HookMessage) {
  const { directory, repositories, ids } = services;
  const claimed = await claim(services, context, message);
  const permit = takeRunPermit(services, context, HOOK_TOKEN_IDENTITY, message.sessionKey);
  try {
    const { chat, sessionKey } = await directory.ensureWritable(message.sessionKey);
    await repositories.messages.insertOnce({
      id: claimed?.messageId ?? ids.rowId(),
      chatId: chat.chatId,
      senderName: message.sender,
      content: message.text,
      isFromBot: false,
    });
    const facts = { mode: 'next-heartbeat', queued: true } as const;
    return { ok: true, ...facts, session_key: sessionKey, chat_id: chat.chatId } as const;
  } finally {
    permit?.release();
  }
}

function claim(services: HttpServices, context: Context<HttpEnv>, message: HookMessage) {
  const { kind, sessionKey, sender, text } = message;
  const ports = { requests: services.repositories.hookRequests, ids: services.ids };
  return claimRequest(context, [kind, sessionKey, sender, text], ports);
}
