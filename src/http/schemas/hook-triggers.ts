/** Shapes of the routes that webhooks call. Names are camelCase; snake_case is accepted too. */
import { z } from 'zod';
import { lazy } from '../../core/lazy.ts';
import { lazyObject } from '../../core/lazy-object.ts';
import { okObject, sessionKeySchema } from './json-body.ts';

const text = () => z.string().nullish();
const name = () => z.string().max(200).nullish();

const addressee = lazy(() => ({
  sessionKey: sessionKeySchema(),
  session_key: sessionKeySchema(),
  senderName: name(),
  sender_name: name(),
}));

export const hookAgentBodySchema = lazyObject(() => ({
  message: text().describe('Required.'),
  ...addressee(),
  name: name().describe('Sender when senderName is absent.'),
}));

export const hookWakeBodySchema = lazyObject(() => ({
  text: text().describe('Required. Stored as `System event: <text>`.'),
  mode: text().describe('`now` (default) starts a run, `next-heartbeat` only stores the message.'),
  ...addressee(),
}));

export const hookRunSchema = okObject(() => ({
  run_id: z.string(),
  session_key: z.string(),
  chat_id: z.int(),
  /** The request with this Idempotency-Key had been accepted before. */
  duplicate: z.boolean(),
}));

export const hookQueuedSchema = okObject(() => ({
  mode: z.literal('next-heartbeat'),
  queued: z.literal(true),
  session_key: z.string(),
  chat_id: z.int(),
}));

export const hookWakeSchema = z.lazy(() => z.union([hookRunSchema, hookQueuedSchema]));
