/** The header `Idempotency-Key` of webhooks: a repeated delivery is answered with what the first one became. */
import type { Context } from 'hono';
import type { IdSource } from '../core/ids.ts';
import { sha256Hex } from '../security/access/constant-time.ts';
import type { HookRequest, HookRequestRepository } from '../storage/repositories/hook-request-repository.ts';
import { httpErrors } from './errors.ts';
import type { HttpEnv } from './http-env.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The first request with the key of this one, or `undefined` when it has none. `asked` is what identifies the request,
 * in a fixed form. Rejects with `MC_HTTP_INVALID_REQUEST`, `MC_HTTP_IDEMPOTENCY_MISMATCH` or `MC_STORAGE_*`.
 */
export async function claimRequest(
  context: Context<HttpEnv>,
  asked: readonly (string | null)[],
  ports: { readonly requests: HookRequestRepository; readonly ids: IdSource },
): Promise<HookRequest | undefined> {
  const header = context.req.header('idempotency-key')?.trim();
  if (header === undefined || header === '') return undefined;
  if (!KEY.test(header)) {
    throw httpErrors.create('INVALID_REQUEST', 'Idempotency-Key must be 1 to 255 visible ASCII characters');
  }
  const bodyHash = sha256Hex(JSON.stringify(asked));
  const request = await ports.requests.claim({
    keyHash: sha256Hex(header),
    bodyHash,
    messageId: ports.ids.rowId(),
  });
  if (request.bodyHash !== bodyHash) {
    throw httpErrors.create('IDEMPOTENCY_MISMATCH', 'Idempotency-Key was used for a different request');
  }
  return request;
}
