/** Runs that are no longer in memory, as the database tells of them. */
import type { TurnRecord } from '../../storage/repositories/turn-repository.ts';
import type { TerminalEvent, TerminalEventBody } from '../turn-event.ts';
import type { RunView } from '../turn-service-port.ts';

export function storedView(record: TurnRecord): RunView {
  return {
    runId: record.runId,
    chatId: record.chatId,
    sessionKey: record.sessionKey,
    actorId: record.actorId,
    state: record.state,
    lastEventSeq: record.lastEventSeq,
    waitingApproval: null,
  };
}

/** The terminal event of a run that has ended, or `undefined` while it has not. */
export function storedEnd(record: TurnRecord, atMs: number): TerminalEvent | undefined {
  const body = endBody(record);
  return body === undefined ? undefined : { ...body, runId: record.runId, seq: record.lastEventSeq, atMs };
}

function endBody(record: TurnRecord): TerminalEventBody | undefined {
  switch (record.state) {
    case 'done':
      return {
        kind: 'done',
        response: record.response ?? '',
        ...(record.foldedInto === null ? {} : { foldedInto: record.foldedInto }),
      };
    case 'aborted':
      return { kind: 'aborted', text: record.response };
    case 'error':
      return {
        kind: 'error',
        message: record.errorMessage ?? 'unknown error',
        code: record.errorCode ?? 'MC_AGENT_INTERNAL',
        hint: record.errorHint,
      };
    case 'queued':
    case 'running':
      return undefined;
    default:
      return record.state satisfies never;
  }
}
