/** Settings of the HTTP surface, filled from the configuration by the composition root. */
import type { LoginThrottleOptions } from '../security/access/login-throttle.ts';
import type { Argon2Cost } from '../security/access/password-hash.ts';
import type { HookSessionOptions } from './hook-session.ts';
import type { ApiKeyLimits } from './limits/api-key-limiter.ts';
import type { RunLimits } from './limits/run-limiter.ts';

export interface HttpOptions {
  /** `web_enabled`: serve the console; the API is served in any case. */
  readonly webEnabled: boolean;
  /** Directory of the built console; it need not exist. */
  readonly webRoot?: string;
  /** `web_host`. */
  readonly bindHost: string;
  /** Further names the server is reached by (`web_allowed_hosts`). */
  readonly allowedHosts: readonly string[];
  /** `web_auth_token`. */
  readonly legacyToken?: string;
  /** `channels.web.trust_x_forwarded_for`. */
  readonly trustForwardedFor: boolean;
  /** `channels.web.trusted_proxies`. */
  readonly trustedProxies: readonly string[];
  /** Webhooks. */
  readonly hooks: {
    /** `channels.web.hooks_token`. */
    readonly token?: string;
    readonly session: HookSessionOptions;
  };
  readonly apiKeyLimits: ApiKeyLimits;
  readonly runLimits: RunLimits;
  readonly loginThrottle: LoginThrottleOptions;
  /** Time between keep-alive comments of an idle event stream. */
  readonly sseKeepAliveMs: number;
  /** Cost of new password hashes; other than the default only in tests. */
  readonly passwordCost?: Argon2Cost;
}
