/** `GET /api/history`: a session's transcript in pages, with its runs and their tool calls. */
import {
  type HistoryRun,
  type HistoryToolCall,
  MAX_HISTORY_MESSAGES,
} from '../../agent/sessions/session-history.ts';
import type { StoredMessage } from '../../storage/repositories/message-repository.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  type HistoryMessage,
  type HistoryRunBody,
  type HistoryToolCallBody,
  historyQuerySchema,
  historySchema,
} from '../schemas/sessions.ts';
import type { HttpServices } from '../services.ts';

export function historyRoutes({ history }: HttpServices): readonly MountableRoute[] {
  const route = defineRoute(
    {
      method: 'get',
      paths: ['/api/history'],
      summary: 'Messages of a session, oldest first, with their runs and tool calls',
      tag: 'sessions',
      access: { kind: 'scope', scope: 'operator.read' },
      query: historyQuerySchema,
      response: historySchema,
    },
    async ({ query }) => {
      const page = await history.page(query.session_key, {
        limit: query.limit ?? MAX_HISTORY_MESSAGES,
        beforeSeq: query.before,
        afterSeq: query.after,
      });
      return {
        ok: true,
        session_key: page.sessionKey,
        chat_id: page.chatId,
        messages: page.messages.map(toMessage),
        runs: page.runs.map(toRun),
        tool_calls: page.toolCalls.map(toToolCall),
        has_more: page.hasMore,
      } as const;
    },
  );
  return [route];
}

function toMessage(message: StoredMessage): HistoryMessage {
  return {
    id: message.id,
    seq: message.seq,
    sender_name: message.senderName,
    content: message.content,
    is_from_bot: message.isFromBot,
    timestamp: message.timestamp,
    run_id: message.runId,
  };
}

function toRun({ runId, state, errorCode, errorMessage, errorHint }: HistoryRun): HistoryRunBody {
  return {
    run_id: runId,
    state,
    error_code: errorCode,
    error_message: errorMessage,
    error_hint: errorHint,
  };
}

function toToolCall(call: HistoryToolCall): HistoryToolCallBody {
  return {
    run_id: call.runId,
    tool_use_id: call.toolUseId,
    name: call.name,
    input: { ...call.input },
    summary: call.summary,
    output: call.output,
    is_cut: call.isCut,
    is_error: call.isError,
    status_code: call.statusCode,
    error_type: call.errorType,
    bytes: call.bytes,
    duration_ms: call.durationMs,
    artifact_id: call.artifactId,
    state: call.state,
    metadata: call.metadata === null ? null : { ...call.metadata },
    started_at: call.startedAt,
  };
}
