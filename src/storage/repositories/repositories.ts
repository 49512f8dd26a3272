/** Everything the program stores, by aggregate. */
import type { Clock } from '../../core/clock.ts';
import { type IdSource, systemIds } from '../../core/ids.ts';
import type { Storage } from '../storage.ts';
import { ApiKeyRepository } from './api-key-repository.ts';
import { ApprovalGrantRepository } from './approval-grant-repository.ts';
import { ApprovalRepository } from './approval-repository.ts';
import { ArtifactRepository } from './artifact-repository.ts';
import { AuditRepository } from './audit-repository.ts';
import { AuthRepository } from './auth-repository.ts';
import { ChatRepository } from './chat-repository.ts';
import { HookRequestRepository } from './hook-request-repository.ts';
import { InboxRepository } from './inbox-repository.ts';
import { MessageRepository } from './message-repository.ts';
import { MetaRepository } from './meta-repository.ts';
import { SessionRepository } from './session-repository.ts';
import { ToolCallRepository } from './tool-call-repository.ts';
import { TurnEvidenceRepository } from './turn-evidence-repository.ts';
import { TurnRepository } from './turn-repository.ts';
import { UsageRepository } from './usage-repository.ts';

export interface Repositories {
  readonly chats: ChatRepository;
  readonly messages: MessageRepository;
  readonly sessions: SessionRepository;
  readonly inbox: InboxRepository;
  readonly turns: TurnRepository;
  readonly turnEvidence: TurnEvidenceRepository;
  readonly toolCalls: ToolCallRepository;
  readonly approvals: ApprovalRepository;
  readonly approvalGrants: ApprovalGrantRepository;
  readonly usage: UsageRepository;
  readonly auth: AuthRepository;
  readonly apiKeys: ApiKeyRepository;
  readonly audit: AuditRepository;
  readonly artifacts: ArtifactRepository;
  readonly meta: MetaRepository;
  readonly hookRequests: HookRequestRepository;
}

/** One repository per aggregate on the same database. They hold no state but the audit chain's end. */
export function createRepositories(storage: Storage, clock: Clock, ids: IdSource = systemIds): Repositories {
  const messages = new MessageRepository(storage, clock);
  const sessions = new SessionRepository(storage, clock);
  return {
    chats: new ChatRepository(storage, clock),
    messages,
    sessions,
    inbox: new InboxRepository(storage, clock, { messages, sessions }),
    turns: new TurnRepository(storage, clock, sessions),
    turnEvidence: new TurnEvidenceRepository(storage),
    toolCalls: new ToolCallRepository(storage, clock),
    approvals: new ApprovalRepository(storage, clock),
    approvalGrants: new ApprovalGrantRepository(storage),
    usage: new UsageRepository(storage, clock),
    auth: new AuthRepository(storage, clock),
    apiKeys: new ApiKeyRepository(storage, clock),
    audit: new AuditRepository(storage, clock),
    artifacts: new ArtifactRepository(storage, clock, ids),
    meta: new MetaRepository(storage),
    hookRequests: new HookRequestRepository(storage, clock),
  };
}
