/** Runs: follow, ask for the state, stop. Only the actor that started a run and administrators may. */
import type { Context } from 'hono';
import type { RunView } from '../../agent/turn-service-port.ts';
import { type Identity, mayAccessRun } from '../auth/identity.ts';
import { httpErrors } from '../errors.ts';
import { answerWith } from '../exchange/answer.ts';
import type { HttpEnv } from '../http-env.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import { runEventSchemas } from '../schemas/run-events.ts';
import {
  abortedSchema,
  runParamsSchema,
  runQuerySchema,
  runStatusSchema,
  streamQuerySchema,
} from '../schemas/runs.ts';
import type { HttpServices } from '../services.ts';
import { openRunEventStream, type RunEventStream } from '../sse/run-event-stream.ts';

/** Webhooks follow what they started. */
const FOLLOW = { kind: 'scope', scope: 'operator.read', orHookToken: true } as const;
const WRITE = { kind: 'scope', scope: 'operator.write' } as const;
/** Told to clients whose stream the server ends early. */
const RECONNECT_MS = 1000;
const MAX_STREAMS_PER_ACTOR = 128;

export function runRoutes(services: HttpServices): readonly MountableRoute[] {
  return [streamRoute(services), statusRoute(services), abortRoute(services)];
}

function streamRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/stream'],
      summary: 'Events of a run as server-sent events: those after last_event_id, then live ones',
      tag: 'runs',
      access: FOLLOW,
      query: streamQuerySchema,
      response: runEventSchemas.replay_meta,
      responseType: 'text/event-stream',
    },
    async ({ query, caller, context }) => {
      await findOwnRun(services, caller, query.run_id);
      const requestedId = query.last_event_id ?? lastEventIdHeader(context);
      const headers = {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      };
      if (context.env.request.method === 'HEAD') return answerWith(context, null, { headers });
      const stream = await openStream(services, caller, query.run_id, requestedId);
      return answerWith(context, stream.body, { headers });
    },
  );
}

async function openStream(
  services: HttpServices,
  caller: Identity,
  runId: string,
  requestedId: number | null,
): Promise<RunEventStream> {
  const actorId = caller.actor.id;
  if (services.streams.countOf(actorId) >= MAX_STREAMS_PER_ACTOR) {
    const data = { retryAfterMs: RECONNECT_MS };
    throw httpErrors.create('RATE_LIMITED', 'too many open event streams', { data });
  }
  const subscription = await services.turns.subscribe(runId, requestedId ?? 0);
  if (subscription === undefined) throw runNotFound();
  const stream = openRunEventStream(subscription, requestedId, {
    keepAliveMs: services.options.sseKeepAliveMs,
    retryMs: RECONNECT_MS,
    onEnd: () => forget(),
    onFailure: (error) => services.logger.error({ runId, err: error }, 'an event stream failed'),
  });
  const forget = services.streams.add(actorId, () => stream.end());
  return stream;
}

function statusRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/run_status'],
      summary: 'State of a run',
      tag: 'runs',
      access: FOLLOW,
      query: runQuerySchema,
      response: runStatusSchema,
    },
    async ({ query, caller }) => {
      const run = await findOwnRun(services, caller, query.run_id);
      return {
        ok: true,
        run_id: run.runId,
        session_key: run.sessionKey,
        chat_id: run.chatId,
        done: run.state !== 'queued' && run.state !== 'running',
        state: run.state,
        last_event_id: run.lastEventSeq,
        waiting_approval: run.waitingApproval,
      } as const;
    },
  );
}

function abortRoute(services: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/api/runs/{run_id}/abort'],
      summary: 'Stop a run that is queued or running',
      tag: 'runs',
      access: WRITE,
      params: runParamsSchema,
      response: abortedSchema,
    },
    async ({ params, caller }) => {
      const run = await findOwnRun(services, caller, params.run_id);
      const aborted = await services.turns.abortRun(run.runId);
      return { ok: true, run_id: run.runId, aborted } as const;
    },
  );
}

async function findOwnRun(services: HttpServices, caller: Identity, runId: string): Promise<RunView> {
  const run = await services.turns.find(runId);
  if (run === undefined) throw runNotFound();
  if (mayAccessRun(caller, run.actorId)) return run;
  throw httpErrors.create('FORBIDDEN', 'forbidden', {
    hint: 'The run belongs to another caller; use the credential that started it, or one with operator.admin.',
  });
}

/** What a reconnecting EventSource sends; anything that is not an id of ours counts as absent. */
function lastEventIdHeader(context: Context<HttpEnv>): number | null {
  const header = context.req.header('last-event-id')?.trim() ?? '';
  return /^\d{1,15}$/.test(header) ? Number(header) : null;
}

function runNotFound() {
  return httpErrors.create('RUN_NOT_FOUND', 'run not found');
}
