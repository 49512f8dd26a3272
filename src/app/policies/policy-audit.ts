/**
 * Audit entries about tool calls.
 *
 * Invariants: an entry that cannot be written is logged and changes nothing about the call; no entry holds input of a
 * call beyond what a policy names as its reason, and no credential that URLs carry.
 */
import type { ApprovalAuditEntry } from '../../agent/approvals/approval-audit.ts';
import type { Logger } from '../../observability/logger.ts';
import type { AuditRepository } from '../../storage/repositories/audit-repository.ts';

export interface ToolAuditEntry {
  readonly kind: 'tool' | 'tool_policy' | 'egress_policy' | 'approval';
  /** `chat:<id>:<principal>`, or the part of the program that made a request. */
  readonly actor: string;
  readonly action: 'warn' | 'block' | 'refuse' | ApprovalAuditEntry['action'];
  readonly target: string;
  readonly status: 'allowed' | 'blocked' | 'ok';
  readonly detail: string;
}

/** Writes an entry. Never rejects. */
export type WriteToolAudit = (entry: ToolAuditEntry) => Promise<void>;

/** Binds the writer to the audit log. */
export function createToolAuditWriter(
  audit: Pick<AuditRepository, 'append'>,
  logger: Logger,
): WriteToolAudit {
  return async (entry) => {
    try {
      await audit.append(entry);
    } catch (error) {
      logger.error({ ...entry, err: error }, 'audit entry not written');
    }
  };
}

/** The name of the caller in audit entries. */
export function chatActor(scope: {
  readonly chat: { readonly chatId: number };
  readonly principal: string;
}): string {
  return `chat:${scope.chat.chatId}:${scope.principal}`;
}
