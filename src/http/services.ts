/** Everything the route files work with. Built once by `createHttpApp`. */
import type { ApprovalDesk } from '../agent/approvals/approval-desk.ts';
import type { ApprovalPresenter } from '../agent/approvals/approval-presenter.ts';
import type { SessionDirectory } from '../agent/sessions/session-directory.ts';
import type { SessionHistory } from '../agent/sessions/session-history.ts';
import type { SessionService } from '../agent/sessions/session-service.ts';
import type { TurnService } from '../agent/turn-service-port.ts';
import type { Clock } from '../core/clock.ts';
import type { IdSource } from '../core/ids.ts';
import type { HookSwitchboard } from '../hooks/hook-switchboard.ts';
import type { ModelPort } from '../llm/model-port.ts';
import type { Logger } from '../observability/logger.ts';
import type { LoginThrottle } from '../security/access/login-throttle.ts';
import type { OperatorPassword } from '../security/access/operator-password.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';
import type { ToolExecutor } from '../tools/executor-port.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Authorizer } from './auth/authorizer.ts';
import type { BootstrapToken } from './auth/bootstrap-token.ts';
import type { ClientOf } from './auth/client-address.ts';
import type { Credentials } from './auth/credentials.ts';
import type { BackgroundWrites } from './background-writes.ts';
import type { ConfigPort } from './config-port.ts';
import type { HealthPort } from './health-port.ts';
import type { HttpOptions } from './http-options.ts';
import type { RunLimiter } from './limits/run-limiter.ts';
import type { PolicyPort } from './policy-port.ts';
import type { SelfCheckPort } from './self-check-port.ts';
import type { LiveStreams } from './sse/live-streams.ts';

/** Parts from other areas. */
export interface HttpDependencies {
  readonly repositories: Pick<
    Repositories,
    'auth' | 'apiKeys' | 'audit' | 'usage' | 'messages' | 'hookRequests' | 'approvals' | 'approvalGrants'
  >;
  readonly turns: TurnService;
  readonly approvals: Pick<ApprovalDesk, 'answer'>;
  readonly presenter: ApprovalPresenter;
  readonly directory: SessionDirectory;
  readonly sessions: SessionService;
  readonly history: SessionHistory;
  readonly model: Pick<ModelPort, 'describe'>;
  readonly tools: Pick<ToolExecutor, 'catalog'>;
  readonly hooks: Pick<HookSwitchboard, 'list' | 'setEnabled'>;
  readonly config: ConfigPort;
  readonly selfCheck: SelfCheckPort;
  readonly policy: PolicyPort;
  readonly health: HealthPort;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly version: string;
  /** Called when the password was removed while the server runs: the new one-time token must be shown. */
  onBootstrapToken(token: string): void;
}

/** The dependencies and what this surface makes of them. */
export interface HttpServices extends HttpDependencies {
  readonly options: HttpOptions;
  readonly password: OperatorPassword;
  readonly throttle: LoginThrottle;
  readonly bootstrap: BootstrapToken;
  readonly clientOf: ClientOf;
  readonly credentials: Credentials;
  readonly authorizer: Authorizer;
  readonly audit: AuditTrail;
  readonly runLimiter: RunLimiter;
  readonly streams: LiveStreams;
  readonly background: BackgroundWrites;
}
