/**
 * The HTTP application on a real database and the real agent with a scripted model. Requests go straight to the
 * application; `serve` opens a socket for tests that need one.
 */
import { join } from 'node:path';
import { SessionDirectory } from '../../src/agent/sessions/session-directory.ts';
import { SessionHistory } from '../../src/agent/sessions/session-history.ts';
import { SessionService } from '../../src/agent/sessions/session-service.ts';
import { LiveConfig } from '../../src/app/live-config.ts';
import { configSchema } from '../../src/config/config.ts';
import { ConfigFile } from '../../src/config/config-file.ts';
import type { ChatRef } from '../../src/core/chat.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { systemIds } from '../../src/core/ids.ts';
import type { SelfCheckWarning } from '../../src/core/self-check.ts';
import { HookSwitchboard } from '../../src/hooks/hook-switchboard.ts';
import type { Answer } from '../../src/http/exchange/answer.ts';
import type { HealthSnapshot } from '../../src/http/health-port.ts';
import { createHttpApp, type HttpApp } from '../../src/http/http-app.ts';
import type { HttpOptions } from '../../src/http/http-options.ts';
import { type HttpServer, startHttpServer } from '../../src/http/http-server.ts';
import { DEFAULT_RUN_LIMITS } from '../../src/http/limits/run-limiter.ts';
import type { PolicyPort } from '../../src/http/policy-port.ts';
import type { SecurityPosture } from '../../src/http/schemas/self-check.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { issueApiKey } from '../../src/security/access/api-key.ts';
import { DEFAULT_LOGIN_THROTTLE } from '../../src/security/access/login-throttle.ts';
import { hashPassword } from '../../src/security/access/password-hash.ts';
import { readFileIfPresent, writeFileAtomic } from '../../src/tools/chat-files/atomic-file.ts';
import type { Tool } from '../../src/tools/tool.ts';
import { AgentHarness } from './agent-harness.ts';

export const TEST_PASSWORD = 'passw0rd!';
const CHEAP_HASH = { memoryKiB: 64, passes: 1, parallelism: 1 };

export const testHttpOptions: HttpOptions = {
  webEnabled: true,
  bindHost: '127.0.0.1',
  allowedHosts: [],
  trustForwardedFor: false,
  trustedProxies: [],
  hooks: { session: { defaultKey: 'hook:ingress', allowRequestKey: false, allowedPrefixes: [] } },
  apiKeyLimits: { maxRequests: 10_000, windowMs: 60_000 },
  runLimits: { ...DEFAULT_RUN_LIMITS, maxPerWindow: 1000 },
  loginThrottle: DEFAULT_LOGIN_THROTTLE,
  sseKeepAliveMs: 15_000,
  passwordCost: CHEAP_HASH,
};

const testPosture: SecurityPosture = {
  sandbox_mode: 'off',
  sandbox_runtime_available: false,
  sandbox_runtime_cli: null,
  sandbox_backend: 'auto',
  sandbox_require_runtime: true,
  sandbox_no_network: true,
  sandbox_credential_env_allowlist: [],
  egress_policy_mode: 'off',
  tool_grants_mode: 'off',
  execution_policies: [{ tool: 'read_file', risk: 'low', policy: 'host-only' }],
  mount_allowlist: null,
};

/** Real time that a test can push forward. */
export class ShiftedClock implements Clock {
  #shiftMs = 0;

  advance(ms: number): void {
    this.#shiftMs += ms;
  }

  now(): number {
    return systemClock.now() + this.#shiftMs;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#shiftMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}

export interface HarnessRequest {
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** API key. */
  readonly key?: string;
  readonly login?: HarnessLogin;
  /** As over the control socket. */
  readonly local?: true;
}

export interface HarnessAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read fields of many shapes
  readonly body: any;
}

export interface HarnessLogin {
  readonly cookie: string;
  readonly csrf: string;
  readonly sessionId: string;
}

export interface HarnessOptions {
  readonly http?: Partial<HttpOptions>;
  readonly tools?: readonly Tool[];
  readonly agent?: Parameters<typeof AgentHarness.create>[2];
  /** `null` leaves the server without one. */
  readonly password?: string | null;
}

export class HttpHarness {
  readonly agent: AgentHarness;
  readonly clock = new ShiftedClock();
  readonly bootstrapTokens: string[] = [];
  readonly clearedTodos: ChatRef[] = [];
  warnings: readonly SelfCheckWarning[] = [];
  /** What the policy route asks; the explanation itself is tested where it is made. */
  explain: PolicyPort['explain'] = async ({ tool, sessionKey = 'main', principal = 'main' }) => ({
    tool,
    sessionKey,
    principal,
    decision: 'allow',
    steps: [],
    notes: [],
  });
  health: HealthSnapshot = {
    ready: true,
    components: [{ name: 'database', state: 'ok', message: null }],
  };
  readonly directory: SessionDirectory;
  readonly sessions: SessionService;
  readonly app: HttpApp;
  readonly configFile: ConfigFile;
  #server: HttpServer | undefined;

  private constructor(agent: AgentHarness, options: HttpOptions) {
    this.agent = agent;
    const { repositories } = agent;
    this.configFile = new ConfigFile({
      path: join(agent.dir, 'microclaw.config.yaml'),
      live: new LiveConfig(configSchema.parse({}), {}),
      env: {},
    });
    this.directory = new SessionDirectory(repositories.chats);
    this.sessions = new SessionService({
      chats: repositories.chats,
      sessions: repositories.sessions,
      directory: this.directory,
      runs: agent.agent,
      todos: {
        clear: async (chat) => {
          this.clearedTodos.push(chat);
        },
      },
      files: { erase: async () => {} },
      plans: agent.plans,
      ids: systemIds,
    });
    this.app = createHttpApp(
      {
        repositories,
        turns: agent.agent,
        approvals: agent.approvals,
        presenter: agent.presenter,
        directory: this.directory,
        sessions: this.sessions,
        history: new SessionHistory(this.directory, repositories),
        model: agent.model,
        tools: {
          catalog: () => [
            {
              name: 'read_file',
              description: 'Reads a file.',
              risk: 'low',
              concurrency: 'read_only',
              idempotent: true,
              timeoutSecs: 30,
              timeoutSource: 'builtin',
            },
          ],
        },
        hooks: new HookSwitchboard({
          roots: [this.hooksDir],
          stateFile: join(agent.dir, 'hooks_state.json'),
          isOn: true,
          files: { read: readFileIfPresent, write: writeFileAtomic },
        }),
        config: {
          view: () => this.configFile.view(),
          update: (patch, ifMatch) => this.configFile.update(patch, ifMatch),
          reload: async () => {
            const state = await this.configFile.reload();
            return state.kind === 'read'
              ? { kind: 'reloaded', ...state.change }
              : { kind: 'refused', problems: state.problems };
          },
          soulFiles: async () => ['CALM.md'],
        },
        selfCheck: { warnings: async () => this.warnings, posture: async () => testPosture },
        policy: { explain: (question) => this.explain(question) },
        health: { snapshot: () => this.health },
        clock: this.clock,
        ids: systemIds,
        logger: silentLogger,
        version: '9.9.9',
        onBootstrapToken: (token) => this.bootstrapTokens.push(token),
      },
      options,
    );
  }

  static async create(options: HarnessOptions = {}): Promise<HttpHarness> {
    const agent = await AgentHarness.create(options.tools, {}, options.agent);
    const password = options.password === undefined ? TEST_PASSWORD : options.password;
    if (password !== null)
      await agent.repositories.auth.setPassword(await hashPassword(password, CHEAP_HASH));
    return new HttpHarness(agent, { ...testHttpOptions, ...options.http });
  }

  async dispose(): Promise<void> {
    await this.#server?.close();
    await this.agent.agent.stop(0);
    await this.app.settle();
    await this.agent.dispose();
  }

  /** Listens on a free port and on `<dir>/control.sock`; returns the base URL. */
  async serve(): Promise<string> {
    this.#server = await startHttpServer({
      app: this.app,
      listen: { host: '127.0.0.1', port: 0 },
      socketPath: this.socketPath,
      clock: systemClock,
      logger: silentLogger,
    });
    return `http://127.0.0.1:${this.#server.port}`;
  }

  get hooksDir(): string {
    return join(this.agent.dir, 'hooks');
  }

  get socketPath(): string {
    return join(this.agent.dir, 'control.sock');
  }

  /** Closes the server as at shutdown. */
  async closeServer(): Promise<void> {
    await this.#server?.close();
  }

  /** A new API key with these scopes (`read`, `write`, `admin`, `approvals`). */
  async key(...scopes: readonly string[]): Promise<string> {
    const { key, hash, prefix } = issueApiKey(systemIds);
    await this.agent.repositories.apiKeys.create({
      label: scopes.join('+'),
      keyHash: hash,
      prefix,
      scopes: scopes.map((scope) => `operator.${scope}`),
      expiresAtMs: null,
    });
    return key;
  }

  /** Signs in with the test password. */
  async login(body: Readonly<Record<string, unknown>> = {}): Promise<HarnessLogin> {
    const answer = await this.post('/api/auth/login', { body: { password: TEST_PASSWORD, ...body } });
    const cookie = answer.headers
      .getSetCookie()
      .map((text) => text.split(';')[0])
      .join('; ');
    return { cookie, csrf: answer.body.csrf_token, sessionId: answer.body.session_id };
  }

  get(path: string, request: HarnessRequest = {}): Promise<HarnessAnswer> {
    return this.request('GET', path, request);
  }

  post(path: string, request: HarnessRequest = {}): Promise<HarnessAnswer> {
    return this.request('POST', path, request);
  }

  async request(method: string, path: string, request: HarnessRequest = {}): Promise<HarnessAnswer> {
    const response = await this.fetch(method, path, request);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : {},
    };
  }

  /** The response as it comes, for streams. */
  async fetch(method: string, path: string, request: HarnessRequest = {}): Promise<Response> {
    const { body, rawBody, key, login, headers, local } = request;
    const lines = new Headers({
      host: 'localhost',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(login === undefined ? {} : { cookie: login.cookie, 'x-csrf-token': login.csrf }),
      ...headers,
    });
    const text = rawBody ?? (body === undefined ? '' : JSON.stringify(body));
    const answer = await this.app.answer({
      method,
      target: path,
      remoteAddress: undefined,
      isLocal: local === true,
      signal: new AbortController().signal,
      header: (name) => lines.get(name) ?? undefined,
      readText: async (maxBytes) => (Buffer.byteLength(text) > maxBytes ? undefined : text),
    });
    return toResponse(answer);
  }

  /** Audit entries, oldest first, as `kind action status actor`. */
  async auditLines(): Promise<readonly string[]> {
    const entries = await this.agent.repositories.audit.list({ limit: 500 });
    return entries.map(({ kind, action, status, actor }) => `${kind} ${action} ${status} ${actor}`).reverse();
  }
}

function toResponse({ status, headers, body }: Answer): Response {
  const lines = headers.lines();
  const pairs = lines.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, lines[index + 1] ?? '']] : [],
  );
  return new Response(body as ConstructorParameters<typeof Response>[0], { status, headers: pairs });
}
