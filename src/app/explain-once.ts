/**
 * Explanations without a server: the same code on the same database, under its lock.
 *
 * Invariant: no turn is queued again, run or recorded.
 */
import type { PolicyPort } from '../http/policy-port.ts';
import type { ToolExecutor } from '../tools/executor-port.ts';
import { openRuntime, type RuntimeParts } from './build-runtime.ts';
import { LiveConfig } from './live-config.ts';
import { openDatabase } from './open-database.ts';

export interface ExplainingRuntime {
  readonly policy: PolicyPort;
  readonly executor: Pick<ToolExecutor, 'catalog'>;
}

/** Rejects when the runtime cannot be built (`MC_STORAGE_LOCKED` while another process works), or as `ask` does. */
export async function explainOnce<Answer>(
  options: Omit<RuntimeParts, 'database' | 'live'>,
  ask: (runtime: ExplainingRuntime) => Promise<Answer>,
): Promise<Answer> {
  const database = openDatabase(options.config);
  database.onProblem((error) => options.logger.error({ err: error }, 'database problem'));
  const live = new LiveConfig(options.config, options.env);
  const runtime = await openRuntime({ ...options, live, database });
  try {
    return await ask(runtime);
  } finally {
    await runtime.close(0);
  }
}
