/** Maps configuration keys onto the options of the HTTP surface. */
import { type Config, isWebEnabled, legacyWebToken } from '../config/config.ts';
import { DEFAULT_HOOK_SESSION_KEY } from '../config/sections/web.ts';
import type { HttpOptions } from '../http/http-options.ts';
import { DEFAULT_RUN_LIMITS } from '../http/limits/run-limiter.ts';
import { DEFAULT_LOGIN_THROTTLE } from '../security/access/login-throttle.ts';
import type { LiveConfig } from './live-config.ts';

const SECOND_MS = 1000;
const SSE_KEEP_ALIVE_MS = 15_000;
const DEFAULT_KEY_REQUESTS = 240;
const DEFAULT_KEY_WINDOW_SECS = 60;

export function httpOptions(config: Config, webRoot: string, live: LiveConfig): HttpOptions {
  const { web } = config.channels;
  const legacyToken = legacyWebToken(config);
  return {
    webEnabled: isWebEnabled(config),
    webRoot,
    bindHost: config.web_host,
    allowedHosts: config.web_allowed_hosts,
    ...(legacyToken === undefined ? {} : { legacyToken }),
    trustForwardedFor: web?.trust_x_forwarded_for ?? false,
    trustedProxies: web?.trusted_proxies ?? [],
    hooks: {
      ...(web?.hooks_token === undefined ? {} : { token: web.hooks_token }),
      session: {
        defaultKey: web?.hooks_default_session_key ?? DEFAULT_HOOK_SESSION_KEY,
        allowRequestKey: web?.hooks_allow_request_session_key ?? false,
        allowedPrefixes: web?.hooks_allowed_session_key_prefixes ?? [],
      },
    },
    apiKeyLimits: {
      maxRequests: web?.api_key_max_requests_per_window ?? DEFAULT_KEY_REQUESTS,
      windowMs: (web?.api_key_rate_window_seconds ?? DEFAULT_KEY_WINDOW_SECS) * SECOND_MS,
    },
    runLimits: live.view((current) => ({
      ...DEFAULT_RUN_LIMITS,
      maxInFlight: current.web_max_inflight_per_session,
      maxPerWindow: current.web_max_requests_per_window,
      windowMs: current.web_rate_window_seconds * SECOND_MS,
      idleMs: current.web_session_idle_ttl_seconds * SECOND_MS,
    })),
    loginThrottle: DEFAULT_LOGIN_THROTTLE,
    sseKeepAliveMs: SSE_KEEP_ALIVE_MS,
  };
}
