/** Builders of transcript parts for tests. */
import type { HistoryMessage, HistoryPage, HistoryRun, HistoryToolCall } from '../api/types.ts';

let nextSeq = 1;

export function message(content: string, fields: Partial<HistoryMessage> = {}): HistoryMessage {
  const seq = nextSeq++;
  return {
    id: `m${seq}`,
    seq,
    sender_name: 'web-user',
    content,
    is_from_bot: false,
    timestamp: '2026-03-01T10:00:00.000Z',
    run_id: null,
    ...fields,
  };
}

export function answer(content: string, fields: Partial<HistoryMessage> = {}): HistoryMessage {
  return message(content, { sender_name: 'microclaw', is_from_bot: true, ...fields });
}

export function toolCall(fields: Partial<HistoryToolCall> = {}): HistoryToolCall {
  return {
    run_id: 'r1',
    tool_use_id: 't1',
    name: 'bash',
    input: { command: 'ls' },
    summary: 'ls',
    output: 'a',
    is_cut: false,
    is_error: false,
    status_code: 0,
    error_type: null,
    bytes: 1,
    duration_ms: 2,
    artifact_id: null,
    state: 'finished',
    metadata: null,
    started_at: '2026-03-01T10:00:00.000Z',
    ...fields,
  };
}

export function storedRun(fields: Partial<HistoryRun> = {}): HistoryRun {
  return {
    run_id: 'r1',
    state: 'done',
    error_code: null,
    error_message: null,
    error_hint: null,
    ...fields,
  };
}

export function page(
  messages: readonly HistoryMessage[],
  toolCalls: readonly HistoryToolCall[] = [],
  runs: readonly HistoryRun[] = [],
): HistoryPage {
  return {
    ok: true,
    session_key: 'main',
    chat_id: 1,
    messages: [...messages],
    runs: [...runs],
    tool_calls: [...toolCalls],
    has_more: false,
  };
}
