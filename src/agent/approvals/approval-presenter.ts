/** Makes what people see out of a stored question. */
import { isRecord, type JsonObject, parseJson } from '../../core/json.ts';
import type { ApprovalRecord } from '../../storage/repositories/approval-repository.ts';
import type { ApprovalQuestion, ApprovalReason } from '../../tools/waiting-room.ts';
import { answerLabels, approvalCard, doubtText, type MessageLanguage } from './approval-card.ts';
import { commandOf, previewOf } from './visible-input.ts';

export class ApprovalPresenter {
  readonly #language: () => MessageLanguage;

  constructor(language: () => MessageLanguage) {
    this.#language = language;
  }

  question(record: ApprovalRecord): ApprovalQuestion {
    const { approvalId, toolUseId, tool, summary, cwd, expiresAt } = record;
    const input = readInput(record.inputJson);
    return {
      approvalId,
      toolUseId,
      tool,
      summary,
      preview: previewOf(tool, input),
      options: answerLabels(tool, this.#language()),
      advisory: null,
      input,
      command: commandOf(tool, input),
      cwd,
      reasons: readReasons(record.reasonsJson),
      expiresAt,
    };
  }

  /** The question as a chat message. */
  card(record: ApprovalRecord): string {
    return approvalCard(this.question(record), this.#language());
  }

  /** Why a question is put again. */
  doubt(): string {
    return doubtText(this.#language());
  }

  reasonCodes(record: ApprovalRecord): readonly string[] {
    return readReasons(record.reasonsJson).map(({ code }) => code);
  }
}

/** Written by this program; a damaged row shows nothing. */
function readInput(json: string): JsonObject {
  const parsed = parseJson(json);
  return isRecord(parsed) ? (parsed as JsonObject) : {}; // what JSON.parse gives is JSON
}

const CODES: readonly ApprovalReason['code'][] = ['high_risk', 'dangerous_pattern', 'tainted_turn'];

function readReasons(json: string): readonly ApprovalReason[] {
  const parsed = parseJson(json);
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((reason: unknown) => {
    if (!isRecord(reason) || typeof reason.text !== 'string') return [];
    const code = CODES.find((known) => known === reason.code);
    return code === undefined ? [] : [{ code, text: reason.text }];
  });
}
