/** What the audit log says about approvals. No entry holds input of a call. */

export interface ApprovalAuditEntry {
  /** `chat:<id>:<principal>` for what happened by itself, else who answered. */
  readonly actor: string;
  readonly action:
    | 'requested'
    | 'approved'
    | 'denied'
    | 'expired'
    | 'cancelled'
    | 'standing_grant'
    | 'standing_grants_cleared'
    | 'auto_approved';
  /** The tool. */
  readonly target: string;
  readonly detail: string;
}

/** Writes an entry of kind `approval`. Never rejects. */
export type WriteApprovalAudit = (entry: ApprovalAuditEntry) => Promise<void>;

/** The name of a caller in audit entries. */
export function callerName(chatId: number, principal: string): string {
  return `chat:${chatId}:${principal}`;
}
