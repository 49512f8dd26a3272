/**
 * Shapes of the server's JSON, named as on the wire. Optional fields are additions that an older server lacks; the
 * console must render without them.
 */

export interface AuthStatus {
  readonly authenticated: boolean;
  readonly has_password: boolean;
}

export interface SessionItem {
  readonly session_key: string;
  readonly label: string;
  readonly chat_id: number;
  /** Channel name: `web`, `telegram`, … */
  readonly chat_type: string;
  /** RFC 3339 UTC. */
  readonly last_message_time: string;
  readonly last_message_preview: string | null;
  /** Run that is queued or running in this chat. */
  readonly active_run_id?: string | null;
}

export interface SessionsPage {
  readonly sessions: readonly SessionItem[];
}

export interface HistoryMessage {
  readonly id: string;
  /** Cursor for `before`; grows with time. */
  readonly seq: number;
  readonly sender_name: string;
  readonly content: string;
  readonly is_from_bot: boolean;
  readonly timestamp: string;
  readonly run_id: string | null;
}

export interface HistoryToolCall {
  readonly run_id: string;
  readonly tool_use_id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly summary: string;
  readonly output: string | null;
  readonly is_error: boolean;
  readonly status_code: number | null;
  readonly error_type: string | null;
  readonly bytes: number | null;
  readonly duration_ms: number | null;
  readonly artifact_id: string | null;
  /** `started` without a result, `done`, … */
  readonly state: string;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
}

export interface HistoryPage {
  readonly session_key: string;
  readonly chat_id: number;
  /** Oldest first. */
  readonly messages: readonly HistoryMessage[];
  readonly tool_calls?: readonly HistoryToolCall[];
  readonly has_more?: boolean;
}

export interface SendAccepted {
  readonly run_id: string;
}

export interface RuntimeInfo {
  readonly version: string;
  readonly model: { readonly provider: string; readonly model: string; readonly offline: boolean };
}

export type HealthState = 'ok' | 'degraded' | 'failed';

export interface HealthComponent {
  readonly name: string;
  readonly state: HealthState;
  readonly message?: string | null;
}

export interface Health {
  readonly ok: boolean;
  readonly version: string;
  readonly components?: readonly HealthComponent[];
}
