/**
 * The HTTP application: guards, routes and the error envelope, without a socket.
 *
 * Order of a request: security headers, Host, origin, credentials, query and body, handler.
 */
import { Hono } from 'hono';
import { TrieRouter } from 'hono/router/trie-router';
import { LoginThrottle } from '../security/access/login-throttle.ts';
import { OperatorPassword } from '../security/access/operator-password.ts';
import { AuditTrail } from './audit-trail.ts';
import { Authorizer } from './auth/authorizer.ts';
import { BootstrapToken } from './auth/bootstrap-token.ts';
import { createClientOf } from './auth/client-address.ts';
import { Credentials } from './auth/credentials.ts';
import { HookToken } from './auth/hook-token.ts';
import { createHostGuard } from './auth/host-guard.ts';
import { isSameOrigin } from './auth/origin-guard.ts';
import { BackgroundWrites } from './background-writes.ts';
import { respondWithError } from './error-response.ts';
import { httpErrors } from './errors.ts';
import type { Answer } from './exchange/answer.ts';
import { AnswerHeaders } from './exchange/answer-headers.ts';
import { fromHono, throughHono, toHonoRequest } from './exchange/hono-exchange.ts';
import type { HttpRequest } from './exchange/http-request.ts';
import type { HttpEnv } from './http-env.ts';
import type { HttpOptions } from './http-options.ts';
import { ApiKeyLimiter } from './limits/api-key-limiter.ts';
import { RunLimiter } from './limits/run-limiter.ts';
import type { MountableRoute } from './route.ts';
import { mountRoutes } from './router.ts';
import { apiKeyRoutes } from './routes/api-key-routes.ts';
import { approvalRoutes } from './routes/approval-routes.ts';
import { auditRoutes } from './routes/audit-routes.ts';
import { authRoutes } from './routes/auth-routes.ts';
import { configRoutes } from './routes/config-routes.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { historyRoutes } from './routes/history-routes.ts';
import { hookRoutes } from './routes/hook-routes.ts';
import { hookTriggerRoutes } from './routes/hook-trigger-routes.ts';
import { loginSessionRoutes } from './routes/login-session-routes.ts';
import { openApiRoutes } from './routes/openapi-routes.ts';
import { passwordRoutes } from './routes/password-routes.ts';
import { policyRoutes } from './routes/policy-routes.ts';
import { runRoutes } from './routes/run-routes.ts';
import { runtimeRoutes } from './routes/runtime-routes.ts';
import { selfCheckRoutes } from './routes/self-check-routes.ts';
import { sendRoutes } from './routes/send-routes.ts';
import { sessionRoutes } from './routes/session-routes.ts';
import { usageRoutes } from './routes/usage-routes.ts';
import { setSecurityHeaders } from './security-headers.ts';
import type { HttpDependencies, HttpServices } from './services.ts';
import { LiveStreams } from './sse/live-streams.ts';
import { mountStaticRoutes } from './static/static-routes.ts';
import { WebAssets } from './static/web-assets.ts';

export interface HttpApp {
  /** Answers one request; failures are answers too. */
  answer(request: HttpRequest): Promise<Answer>;
  /** The one-time token for the first password, or `null` when a password is set. */
  bootstrapToken(): Promise<string | null>;
  /** Ends every event stream with a hint when to come back. */
  endStreams(): void;
  /** Waits for writes that no request waited for. */
  settle(): Promise<void>;
  /** Sessions with a bucket in the run limiter; the gauge `active_sessions`. */
  activeSessions(): number;
}

/** Builds the application. Does no work before the first request. */
export function createHttpApp(dependencies: HttpDependencies, options: HttpOptions): HttpApp {
  const services = createServices(dependencies, options);
  // What the default comes to after it has tried the routes in another router, which cannot take them.
  const app = new Hono<HttpEnv>({ router: new TrieRouter() });
  app.onError((error, context) => throughHono(respondWithError(context, error, services)));
  app.notFound((context) => {
    const error = httpErrors.create('NOT_FOUND', 'not found');
    return throughHono(respondWithError(context, error, services));
  });
  mountGuards(app, options);
  mountRoutes(app, apiRoutes(services), services.authorizer);
  const assets =
    options.webEnabled && options.webRoot !== undefined ? new WebAssets(options.webRoot) : undefined;
  mountStaticRoutes(app, assets);
  return {
    answer: async (request) =>
      fromHono(await app.fetch(toHonoRequest(request), { request, headers: new AnswerHeaders() })),
    bootstrapToken: async () => ((await services.password.isSet()) ? null : services.bootstrap.issue()),
    endStreams: () => services.streams.endWhere(() => true),
    settle: () => services.background.settle(),
    activeSessions: () => services.runLimiter.activeSessions,
  };
}

function createServices(dependencies: HttpDependencies, options: HttpOptions): HttpServices {
  const { repositories, clock, ids, logger } = dependencies;
  const password = new OperatorPassword(repositories.auth, options.passwordCost);
  const background = new BackgroundWrites(logger);
  const credentials = new Credentials(repositories, clock, background);
  const audit = new AuditTrail(repositories.audit, clock, logger);
  const apiKeyLimiter = new ApiKeyLimiter(options.apiKeyLimits, clock);
  const { legacyToken } = options;
  const clientOf = createClientOf(options);
  const hookToken = new HookToken(options.hooks.token, audit, clientOf);
  return {
    ...dependencies,
    options,
    password,
    background,
    credentials,
    audit,
    authorizer: new Authorizer(
      { credentials, password, apiKeyLimiter, audit, hookToken, clientOf },
      { legacyToken },
    ),
    clientOf,
    throttle: new LoginThrottle(clock, options.loginThrottle),
    bootstrap: new BootstrapToken(ids),
    runLimiter: new RunLimiter(options.runLimits, clock),
    streams: new LiveStreams(),
  };
}

function mountGuards(app: Hono<HttpEnv>, options: HttpOptions): void {
  const isAllowedHost = createHostGuard(options);
  app.use('*', async (context, next) => {
    setSecurityHeaders(context);
    const host = context.req.header('host');
    if (!context.env.request.isLocal && !isAllowedHost(host)) {
      throw httpErrors.create('HOST_NOT_ALLOWED', 'host not allowed');
    }
    const origin = context.req.header('origin');
    const secFetchSite = context.req.header('sec-fetch-site');
    if (!isSameOrigin({ method: context.req.method, host, origin, secFetchSite })) {
      throw httpErrors.create('CROSS_SITE', 'cross-site request refused');
    }
    await next();
  });
}

function apiRoutes(services: HttpServices): readonly MountableRoute[] {
  const routes = [
    ...healthRoutes(services),
    ...authRoutes(services),
    ...passwordRoutes(services),
    ...apiKeyRoutes(services),
    ...loginSessionRoutes(services),
    ...sessionRoutes(services),
    ...historyRoutes(services),
    ...sendRoutes(services),
    ...runRoutes(services),
    ...approvalRoutes(services),
    ...runtimeRoutes(services),
    ...usageRoutes(services),
    ...hookRoutes(services),
    ...hookTriggerRoutes(services),
    ...configRoutes(services),
    ...selfCheckRoutes(services),
    ...policyRoutes(services),
    ...auditRoutes(services),
  ];
  return [...routes, ...openApiRoutes(routes, services.version)];
}
