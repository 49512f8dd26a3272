/** The server's JSON, by the types of its own route schemas (imported as types only: nothing of it is bundled). */
export type { ApprovalBody, ApprovalsPage, GrantsPage } from '../../../src/http/schemas/approvals.ts';
export type { AuditEntryBody, AuditPage, AuditVerification } from '../../../src/http/schemas/audit.ts';
export type {
  ApiKeyBody,
  ApiKeysPage,
  AuthStatus,
  IssuedApiKeyBody,
  LoginSessionBody,
  LoginSessionsPage,
} from '../../../src/http/schemas/auth.ts';
export type {
  ConfigPage,
  ConfigReferencePage,
  ConfigUpdateBody,
  SettingBody,
  SettingFieldBody,
} from '../../../src/http/schemas/config.ts';
export type { Health } from '../../../src/http/schemas/health.ts';
export type { HookBody, HooksPage } from '../../../src/http/schemas/hooks.ts';
export type { PolicyExplanationBody } from '../../../src/http/schemas/policy.ts';
export type { SendAccepted } from '../../../src/http/schemas/runs.ts';
export type { RuntimeInfo, ToolsPage } from '../../../src/http/schemas/runtime.ts';
export type { SelfCheckPage } from '../../../src/http/schemas/self-check.ts';
export type {
  HistoryMessage,
  HistoryPage,
  HistoryRunBody as HistoryRun,
  HistoryToolCallBody as HistoryToolCall,
  SessionItem,
  SessionsPage,
} from '../../../src/http/schemas/sessions.ts';
