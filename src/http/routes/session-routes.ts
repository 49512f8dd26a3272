/** Sessions: list, history, tree, fork, clear, delete. */

import { normalizeSessionKey } from '../../agent/sessions/session-key.ts';
import type { ForkedSession, SessionListItem } from '../../agent/sessions/session-service.ts';
import { MAX_SESSIONS_PER_PAGE } from '../../agent/sessions/session-service.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  deletedSchema,
  forkBodySchema,
  forkSchema,
  type SessionItem,
  sessionBodySchema,
  sessionsQuerySchema,
  sessionsSchema,
  treeQuerySchema,
  treeSchema,
} from '../schemas/sessions.ts';
import type { HttpServices } from '../services.ts';
import { formatSessionCursor, parseSessionCursor } from './session-cursor.ts';

const READ = { kind: 'scope', scope: 'operator.read' } as const;
const APPROVALS = { kind: 'scope', scope: 'operator.approvals' } as const;
const DEFAULT_TREE_NODES = 1000;
const MAX_TREE_NODES = 5000;

export function sessionRoutes(services: HttpServices): readonly MountableRoute[] {
  return [
    listRoute(services),
    treeRoute(services),
    forkRoute(services),
    resetRoute(services),
    deleteRoute(services),
  ];
}

function listRoute({ sessions }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/sessions'],
      summary: 'Sessions of all channels, newest message first',
      tag: 'sessions',
      access: READ,
      query: sessionsQuerySchema,
      response: sessionsSchema,
    },
    async ({ query }) => {
      const page = await sessions.list({
        limit: query.limit ?? MAX_SESSIONS_PER_PAGE,
        before: query.cursor === undefined ? undefined : parseSessionCursor(query.cursor),
        query: query.q,
        channel: query.channel,
      });
      const nextCursor = page.next === null ? null : formatSessionCursor(page.next);
      return { ok: true, sessions: page.sessions.map(toItem), next_cursor: nextCursor } as const;
    },
  );
}

function treeRoute({ sessions }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/sessions/tree'],
      summary: 'Sessions and where they were forked from',
      tag: 'sessions',
      access: READ,
      query: treeQuerySchema,
      response: treeSchema,
    },
    async ({ query }) => {
      const limit = Math.min(Math.max(query.limit ?? DEFAULT_TREE_NODES, 1), MAX_TREE_NODES);
      const nodes = (await sessions.tree(limit)).map((node) => ({
        chat_id: node.chatId,
        session_key: node.sessionKey,
        label: node.label,
        parent_session_key: node.parentSessionKey,
        fork_point: node.forkPoint,
        updated_at: node.updatedAt,
      }));
      return { ok: true, nodes } as const;
    },
  );
}

function forkRoute({ sessions, audit }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/api/sessions/fork'],
      summary: 'Copy a session up to a point into a new web chat',
      tag: 'sessions',
      access: APPROVALS,
      body: forkBodySchema,
      response: forkSchema,
    },
    async ({ body, caller }) => {
      const forked = await sessions.fork({
        sourceKey: body.source_session_key,
        targetKey: body.target_session_key,
        forkPoint: body.fork_point,
        overwrite: body.overwrite ?? false,
      });
      await audit.record({
        actor: caller.actor.id,
        action: 'session.fork',
        target: forked.targetSessionKey,
        status: 'ok',
        detail: `from ${forked.sourceSessionKey} at ${forked.forkPoint}`,
      });
      return { ok: true, ...toForkBody(forked) } as const;
    },
  );
}

function resetRoute({ sessions, audit }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/api/reset'],
      summary: 'Clear the context and todos of a session; of a web chat also its messages',
      tag: 'sessions',
      access: APPROVALS,
      body: sessionBodySchema,
      response: deletedSchema,
    },
    async ({ body, caller }) => {
      const deleted = await sessions.reset(body.session_key);
      const target = normalizeSessionKey(body.session_key);
      const status = deleted ? 'ok' : 'miss';
      await audit.record({ actor: caller.actor.id, action: 'session.reset', target, status });
      return { ok: true, deleted } as const;
    },
  );
}

function deleteRoute({ sessions, audit }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/api/delete_session'],
      summary: 'Erase a chat with everything that belongs to it',
      tag: 'sessions',
      access: APPROVALS,
      body: sessionBodySchema,
      response: deletedSchema,
    },
    async ({ body, caller }) => {
      const deleted = await sessions.remove(body.session_key);
      const target = normalizeSessionKey(body.session_key);
      const status = deleted ? 'ok' : 'miss';
      await audit.record({ actor: caller.actor.id, action: 'session.delete', target, status });
      return { ok: true, deleted } as const;
    },
  );
}

function toItem(session: SessionListItem): SessionItem {
  return {
    session_key: session.sessionKey,
    label: session.label,
    chat_id: session.chatId,
    chat_type: session.channel,
    last_message_time: session.lastMessageTime,
    last_message_preview: session.lastMessagePreview,
    created_at: session.createdAt,
    active_run_id: session.activeRunId,
    waiting_approval: session.waitingApproval,
    plan_mode: session.planMode,
    plan_ready: session.planReady,
  };
}

function toForkBody(forked: ForkedSession) {
  return {
    source_session_key: forked.sourceSessionKey,
    source_chat_id: forked.sourceChatId,
    target_session_key: forked.targetSessionKey,
    target_chat_id: forked.targetChatId,
    fork_point: forked.forkPoint,
  };
}
