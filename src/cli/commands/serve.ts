/**
 * What `microclaw start` runs until SIGINT, SIGTERM or the end of its terminal.
 *
 * SIGHUP of somebody reads the configuration again; that of a terminal that was closed stops, if anything was written
 * to the terminal. Who sends all output elsewhere wants the program to outlive it, and may send a SIGHUP long after.
 *
 * Invariants: the first signal stops gracefully and ends with code 0, also one during the start; a second one, or a
 * deadline after the first, ends the process at once, whatever hangs; when this returns or throws, nothing of the
 * application is open.
 */
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import type { RunningApplication } from '../../app/application.ts';
import { startApplication } from '../../app/start-application.ts';
import { MicroclawError } from '../../core/errors.ts';
import { startMemoryKeeper } from '../../observability/memory-keeper.ts';
import type { StorageThread } from '../../storage/worker/storage-thread.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { loadSettings, type Settings } from '../load-settings.ts';
import { reportError } from '../report-error.ts';
import { VERSION } from '../version.ts';

const STOP_DEADLINE_MS = 9500;
/** Shells report a process ended by signal n as 128 + n. */
const SIGNAL_EXIT_BASE = 128;
const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;
/** stdout and stderr. */
const OUTPUTS = [1, 2];

/** Exit code 0 after a signal; 1 when the program cannot start or cannot go on. */
export async function serve(context: CommandContext, thread: StorageThread): Promise<number> {
  let settings: Settings;
  try {
    settings = await loadSettings(context);
  } catch (error) {
    if (!(error instanceof MicroclawError)) throw error;
    context.err('Config missing/invalid:\n');
    reportError(context, error);
    return EXIT.failure;
  }
  const end = new StopRequest(context);
  try {
    const application = await startApplication(
      {
        ...settings,
        env: context.env,
        version: VERSION,
        webRoot: webRoot(),
        onFatal: (error) => end.fail(error),
        onBootstrapUrl: (url) => context.out(`Set a password: ${url}\n`),
      },
      thread,
    );
    announce(context, application);
    const memory = startMemoryKeeper();
    end.reloadWith(settings, () => application.reloadConfig());
    const code = await end.wait(settings);
    memory.stop();
    await application.stop();
    return code;
  } finally {
    end.dispose();
  }
}

/** One write, so that whoever waits for the first line has the second one too. */
function announce(context: CommandContext, { url, bootstrapUrl }: RunningApplication): void {
  const password = bootstrapUrl === null ? '' : `Set a password: ${bootstrapUrl}\n`;
  context.out(`microclaw ${VERSION} is ready: ${url ?? 'the web server is off'}\n${password}`);
}

/** The built console lies beside the bundle; from sources it is in the build's directory. */
function webRoot(): string {
  const isBundle = import.meta.url.endsWith('.js');
  return fileURLToPath(new URL(isBundle ? './web' : '../../../dist/web', import.meta.url));
}

/** Waits for a reason to stop. Owns the signal handlers and the deadline from construction to `dispose`. */
class StopRequest {
  readonly #context: CommandContext;
  #deadline: NodeJS.Timeout | undefined;
  readonly #requested = Promise.withResolvers<NodeJS.Signals | Error>();
  #signalled = false;
  readonly #terminals = OUTPUTS.filter((stream) => isatty(stream));
  #reload: (() => void) | undefined;
  readonly #onHangUp = () => {
    if (this.#terminals.some((stream) => !isatty(stream))) this.#request('SIGHUP');
    else this.#reload?.();
  };
  readonly #onSignal = (signal: NodeJS.Signals) => {
    if (this.#signalled && signal in SIGNALS) {
      process.exit(SIGNAL_EXIT_BASE + (signal === 'SIGINT' ? SIGNALS.SIGINT : SIGNALS.SIGTERM));
    }
    this.#signalled = true;
    this.#request(signal);
  };

  constructor(context: CommandContext) {
    this.#context = context;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, this.#onSignal);
    process.on('SIGHUP', this.#onHangUp);
  }

  /** From now on SIGHUP reads the configuration again, unless it tells that the terminal was closed: that is a stop. */
  reloadWith({ logger }: Settings, reload: () => Promise<void>): void {
    this.#reload = () =>
      reload().catch((error: unknown) => logger.error({ err: error }, 'the configuration was not reloaded'));
  }

  /** The program cannot go on. */
  fail(error: Error): void {
    this.#request(error);
  }

  /** From here on the program has until the deadline: to finish its start, if it is in one, and to stop. */
  #request(reason: NodeJS.Signals | Error): void {
    this.#requested.resolve(reason);
    this.#deadline ??= setTimeout(() => {
      const seconds = STOP_DEADLINE_MS / 1000;
      const message = `microclaw did not stop within ${seconds} s`;
      reportError(this.#context, cliErrors.create('STOP_TIMEOUT', message));
      process.exit(EXIT.failure);
    }, STOP_DEADLINE_MS);
  }

  /** Resolves with the exit code. */
  async wait({ logger }: Settings): Promise<number> {
    const reason = await this.#requested.promise;
    if (reason instanceof Error) {
      logger.error({ err: reason }, 'stopping: the program cannot go on');
      return EXIT.failure;
    }
    logger.info({ signal: reason }, 'stopping');
    return EXIT.ok;
  }

  dispose(): void {
    clearTimeout(this.#deadline);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, this.#onSignal);
    process.off('SIGHUP', this.#onHangUp);
  }
}
