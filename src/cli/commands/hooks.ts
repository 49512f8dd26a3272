/**
 * `microclaw hooks list|info|enable|disable`: looks at the hooks on disk and writes `hooks_state.json`, which a running
 * server reads before its next event. Neither the server nor the database is needed.
 */
import { layoutOf } from '../../app/build-runtime.ts';
import { type HookPaths, hookPaths } from '../../app/hooks/hook-paths.ts';
import { loadConfig } from '../../config/load-config.ts';
import { hookErrors } from '../../hooks/errors.ts';
import { isEnabled } from '../../hooks/hook-catalog.ts';
import { byPriority, type HookDefinition } from '../../hooks/hook-definition.ts';
import { HookDiscovery } from '../../hooks/hook-discovery.ts';
import { type HooksState, parseHooksState, renderHooksState } from '../../hooks/hooks-state.ts';
import { readFileIfPresent, writeFileAtomic } from '../../tools/chat-files/atomic-file.ts';
import { type CommandContext, EXIT } from '../command-context.ts';

interface FoundHooks {
  readonly paths: HookPaths;
  readonly state: HooksState;
  /** In the order they run. */
  readonly hooks: readonly HookDefinition[];
}

/** Prints one line per hook, in the order they run. */
export async function listHooksCommand(context: CommandContext): Promise<number> {
  const { hooks, state } = await findHooks(context);
  if (hooks.length === 0) context.out('No hooks discovered.\n');
  for (const hook of hooks) {
    const command = hook.command.replaceAll(/\s+/g, ' ');
    const facts = [
      `enabled=${isEnabled(hook, state)}`,
      `events=${hook.events.join(',')}`,
      `command=${command}`,
    ];
    context.out(`${[hook.name, ...facts].join('\t')}\n`);
  }
  return EXIT.ok;
}

/** Prints one hook as JSON. Raises `MC_HOOKS_NOT_FOUND`. */
export async function showHookCommand(context: CommandContext, name: string): Promise<number> {
  const { hooks, state } = await findHooks(context);
  const hook = requireHook(hooks, name);
  const { description, events, command, timeoutMs, path } = hook;
  const enabled = isEnabled(hook, state);
  const shown = { name: hook.name, description, events, command, timeout_ms: timeoutMs, enabled, path };
  context.out(`${JSON.stringify(shown, null, 2)}\n`);
  return EXIT.ok;
}

/** Switches a hook on or off. Raises `MC_HOOKS_NOT_FOUND` and `MC_HOOKS_BAD_STATE_FILE`. */
export async function switchHookCommand(
  context: CommandContext,
  name: string,
  enabled: boolean,
): Promise<number> {
  const { hooks, state, paths } = await findHooks(context);
  requireHook(hooks, name);
  await writeFileAtomic(paths.stateFile, renderHooksState({ ...state, [name]: enabled }));
  context.out(`${enabled ? 'enabled' : 'disabled'}: ${name}\n`);
  return EXIT.ok;
}

async function findHooks(context: CommandContext): Promise<FoundHooks> {
  const { env, cwd, configFlag } = context;
  const { config } = await loadConfig({ flag: configFlag, env, cwd });
  const paths = hookPaths(layoutOf(config), cwd);
  const { hooks, problems } = await new HookDiscovery(paths.roots).scan();
  for (const { path, reason } of problems) context.err(`warning: ${path}: ${reason}\n`);
  return { paths, hooks: [...hooks].sort(byPriority), state: await readState(paths.stateFile) };
}

async function readState(path: string): Promise<HooksState> {
  const text = await readFileIfPresent(path);
  const state = text === undefined ? {} : parseHooksState(text);
  if (state === undefined) throw hookErrors.create('BAD_STATE_FILE', `cannot understand ${path}`);
  return state;
}

function requireHook(hooks: readonly HookDefinition[], name: string): HookDefinition {
  const hook = hooks.find((candidate) => candidate.name === name);
  if (hook === undefined) throw hookErrors.create('NOT_FOUND', `hook not found: ${name}`);
  return hook;
}
