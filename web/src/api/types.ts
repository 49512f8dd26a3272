/** The server's JSON, by the types of its own route schemas (imported as types only: nothing of it is bundled). */
export type { AuthStatus } from '../../../src/http/schemas/auth.ts';
export type { Health } from '../../../src/http/schemas/health.ts';
export type { SendAccepted } from '../../../src/http/schemas/runs.ts';
export type { RuntimeInfo } from '../../../src/http/schemas/runtime.ts';
export type {
  HistoryMessage,
  HistoryPage,
  HistoryToolCallBody as HistoryToolCall,
  SessionItem,
  SessionsPage,
} from '../../../src/http/schemas/sessions.ts';
