/**
 * The hooks of this installation: `<data root>/hooks`, then `./hooks` of the directory the program was started in.
 *
 * Invariants: with `channels.hooks.enabled: false` nothing is looked up and nothing is run; hooks get a minimal
 * environment without the program's keys.
 */
import { tmpdir } from 'node:os';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { systemIds } from '../core/ids.ts';
import { HookCatalog } from '../hooks/hook-catalog.ts';
import { createHookProcess } from '../hooks/hook-process.ts';
import { HookRunner } from '../hooks/hook-runner.ts';
import type { Logger } from '../observability/logger.ts';
import { commandEnvironment } from '../sandbox/process/environment.ts';
import { endProcessGroup, killStrays } from '../sandbox/process/process-group.ts';
import type { Redactor } from '../security/redaction/redactor.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';
import type { ToolHooksPort } from '../tools/ports.ts';
import type { DataLayout } from './data-layout.ts';
import { hookPaths } from './hooks/hook-paths.ts';
import { createToolHooks } from './hooks/tool-hooks.ts';
import { createTurnHooks, type TurnHooks } from './hooks/turn-hooks.ts';

export interface HookBuildParts {
  readonly config: Config;
  readonly layout: DataLayout;
  readonly repositories: Repositories;
  readonly redactor: Redactor;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

export interface BuiltHooks {
  readonly tools: ToolHooksPort;
  readonly turns: TurnHooks;
}

/** `undefined` when hooks are switched off. Looks at no file yet. */
export function buildHooks(parts: HookBuildParts): BuiltHooks | undefined {
  const settings = parts.config.channels.hooks;
  if (!settings.enabled) return undefined;
  const logger = parts.logger.child({ target: 'hooks' });
  const runner = new HookRunner(
    {
      catalog: new HookCatalog({ ...hookPaths(parts.layout, process.cwd()), logger }),
      runProcess: createHookProcess({
        clock: systemClock,
        ids: systemIds,
        endGroup: (groupId) => endProcessGroup({ groupId, killAfterMs: 0, clock: systemClock }),
        killStrays,
      }),
      audit: (entry) => parts.repositories.audit.append(entry),
      redactor: parts.redactor,
      env: {
        ...commandEnvironment({ source: parts.env, tmpDir: tmpdir() }),
        // A hook written in JavaScript runs wherever the program does, whatever is on the PATH.
        MICROCLAW_HOOK_NODE: process.execPath,
      },
      logger,
    },
    { maxInputBytes: settings.max_input_bytes, maxOutputBytes: settings.max_output_bytes },
  );
  return { tools: createToolHooks(runner), turns: createTurnHooks(runner) };
}
