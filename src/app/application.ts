/**
 * The running program: runtime plus surfaces, started and stopped as a whole.
 *
 * Invariants: requests are accepted only after earlier turns were queued again, and those go on only once requests can
 * be accepted; `stop` ends everything within its
 * deadlines: first surfaces and turns, then the database; a start that fails leaves nothing open.
 */
import { SessionHistory } from '../agent/sessions/session-history.ts';
import { type Config, isWebEnabled, legacyWebToken } from '../config/config.ts';
import { ConfigFile } from '../config/config-file.ts';
import { defaultConfigPath } from '../config/discover.ts';
import { isLoopbackHost } from '../config/loopback-host.ts';
import { systemClock } from '../core/clock.ts';
import type { MicroclawError } from '../core/errors.ts';
import { systemIds } from '../core/ids.ts';
import type { ConfigPort } from '../http/config-port.ts';
import { createHttpApp } from '../http/http-app.ts';
import { type HttpServer, startHttpServer } from '../http/http-server.ts';
import type { HttpDependencies } from '../http/services.ts';
import { createProcessSampler, type ProcessSampler } from '../observability/process-sampler.ts';
import { storageErrors } from '../storage/errors.ts';
import { buildRuntime, type Runtime, type RuntimeParts } from './build-runtime.ts';
import { buildSelfCheck } from './build-self-check.ts';
import { ConfigReload } from './config-reload.ts';
import { appErrors } from './errors.ts';
import { HealthMonitor } from './health-monitor.ts';
import { createHookSwitchboard } from './hooks/hook-switchboard.ts';
import { httpOptions } from './http-options.ts';
import { LiveConfig } from './live-config.ts';
import { Maintenance } from './maintenance.ts';
import { listSoulFiles } from './soul-files.ts';

export interface ApplicationOptions extends Omit<RuntimeParts, 'live'> {
  /** Directory of the built console; it need not exist. */
  readonly webRoot: string;
  /** Called when the program cannot go on (the database thread died); `stop` has to follow. */
  readonly onFatal: (error: Error) => void;
  /** A new one-time link for setting the password, after the password was removed while the server ran. */
  readonly onBootstrapUrl: (url: string) => void;
}

export interface RunningApplication {
  /** Address of the console, or `null` when the server is off. */
  readonly url: string | null;
  /** One-time link for setting the first password, or `null` when there is one. */
  readonly bootstrapUrl: string | null;
  /** Reads the configuration file again; what is wrong with it is logged. */
  reloadConfig(): Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
}

/** How long running turns may go on after the stop was asked for. */
const TURN_GRACE_MS = 4000;

/** The second half of `startApplication`, with the same errors. */
export async function runApplication(options: ApplicationOptions): Promise<RunningApplication> {
  const application = new Application(options);
  try {
    await application.start();
    return application;
  } catch (error) {
    await application.stop();
    throw error;
  }
}

class Application implements RunningApplication {
  readonly #options: ApplicationOptions;
  readonly #sampler: ProcessSampler = createProcessSampler();
  readonly #live: LiveConfig;
  #runtime: Runtime | undefined;
  #health: HealthMonitor | undefined;
  #server: HttpServer | undefined;
  #maintenance: Maintenance | undefined;
  #reload: ConfigReload | undefined;
  #stopping: Promise<void> | undefined;
  url: string | null = null;
  bootstrapUrl: string | null = null;

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.#live = new LiveConfig(options.config, options.env);
  }

  async start(): Promise<void> {
    const { config, database, logger } = this.#options;
    database.onProblem((error) => this.#onStorageProblem(error));
    const runtime = await buildRuntime({ ...this.#options, live: this.#live });
    this.#runtime = runtime;
    const { agent, storage, model } = runtime;
    // The database answers while the surfaces are built.
    const unfinished = agent.findUnfinished();
    unfinished.catch(() => {}); // awaited below, unless something fails before
    const activeTurns = () => agent.activeChatIds().length;
    const health = new HealthMonitor({ storage, model, sampler: this.#sampler, activeTurns });
    this.#health = health;
    const app = createHttpApp(
      this.#httpDependencies(runtime, health),
      httpOptions(config, this.#options.webRoot, this.#live),
    );
    const [token] = await Promise.all([isWebEnabled(config) ? app.bootstrapToken() : null, runtime.ready]);
    if (token !== null) refuseUnsafeBind(config);
    await agent.recover(await unfinished);
    this.#server = await startHttpServer({
      app,
      ...(isWebEnabled(config) ? { listen: { host: config.web_host, port: config.web_port } } : {}),
      socketPath: runtime.layout.controlSocket,
      clock: systemClock,
      logger,
    });
    agent.begin();
    this.#maintenance = new Maintenance({
      ...{ agent, storage, repositories: runtime.repositories, logger },
      onFileLost: (error) => this.#onStorageProblem(error),
    });
    this.#maintenance.start();
    this.#reload?.start();
    health.markReady();
    this.#sampler.start();
    if (!isWebEnabled(config)) return;
    this.url = `http://${displayHost(config.web_host)}:${this.#server.port}`;
    if (token !== null) this.bootstrapUrl = this.#bootstrapLink(token);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async reloadConfig(): Promise<void> {
    await this.#reload?.reload('signal', 'operator');
  }

  async #stopAll(): Promise<void> {
    await this.#reload?.stop();
    this.#maintenance?.stop();
    // A request that waits for its turn ends with it, so both get their time together.
    await Promise.all([this.#server?.close(), this.#runtime?.agent.stop(TURN_GRACE_MS)]);
    await this.#runtime?.close(0);
    this.#sampler.stop();
  }

  #httpDependencies(runtime: Runtime, health: HealthMonitor): HttpDependencies {
    const { config, logger, version, onBootstrapUrl } = this.#options;
    const reload = this.#configReload(runtime);
    this.#reload = reload.reload;
    const { repositories, approvals, presenter, policy, agent, directory, sessions, model, executor } =
      runtime;
    const hooks = createHookSwitchboard(config, runtime.layout, process.cwd());
    return {
      repositories,
      turns: agent,
      approvals,
      presenter,
      policy,
      directory,
      sessions,
      history: new SessionHistory(directory, repositories),
      model,
      tools: executor,
      hooks,
      config: this.#configPort(reload),
      selfCheck: buildSelfCheck({
        ...this.#options,
        ...runtime,
        config: () => this.#live.current,
        reload: reload.reload,
        hooks,
        clock: systemClock,
      }),
      health,
      clock: systemClock,
      ids: systemIds,
      logger: logger.child({ target: 'http' }),
      version,
      onBootstrapToken: (token) => onBootstrapUrl(this.#bootstrapLink(token)),
    };
  }

  #configReload({ repositories }: Runtime): { readonly file: ConfigFile; readonly reload: ConfigReload } {
    const { configPath, env, logger } = this.#options;
    const path = configPath ?? defaultConfigPath({ env, cwd: process.cwd() });
    const file = new ConfigFile({ path, wasRead: configPath !== null, live: this.#live, env });
    const reload = new ConfigReload({
      file,
      path,
      audit: async (entry) => {
        await repositories.audit.append(entry);
      },
      logger: logger.child({ target: 'config' }),
    });
    return { file, reload };
  }

  #configPort({ file, reload }: { readonly file: ConfigFile; readonly reload: ConfigReload }): ConfigPort {
    return {
      view: () => file.view(),
      update: (patch, ifMatch) => file.update(patch, ifMatch),
      reload: (actor) => reload.reload('request', actor),
      soulFiles: () => listSoulFiles(this.#options.config),
    };
  }

  #bootstrapLink(token: string): string {
    return `${this.url}/#bootstrap=${token}`;
  }

  #onStorageProblem(error: MicroclawError): void {
    this.#options.logger.error({ err: error }, 'database problem');
    this.#health?.noteStorageProblem(error);
    const isFatal = storageErrors.is(error, 'WORKER_LOST') || storageErrors.is(error, 'FILE_LOST');
    if (isFatal) this.#options.onFatal(error);
  }
}

/** Without a password everybody who reaches the port could become the operator. */
function refuseUnsafeBind(config: Config): void {
  if (isLoopbackHost(config.web_host) || legacyWebToken(config) !== undefined) return;
  throw appErrors.create('UNSAFE_BIND', `web_host is ${config.web_host} but no password is set`);
}

/** A wildcard address cannot be opened in a browser; this machine's own can. */
function displayHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
