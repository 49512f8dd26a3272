/**
 * `microclaw hooks list|info|enable|disable`: looks at the hooks on disk. A change goes through the running server when
 * there is one, so that it stands in the audit log; otherwise `hooks_state.json` is written here. Either way the next
 * event obeys. The database is not needed.
 */
import { layoutOf } from '../../app/data-layout.ts';
import { createHookSwitchboard } from '../../app/hooks/hook-switchboard.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { HookSwitchboard } from '../../hooks/hook-switchboard.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { askServer } from '../control-client.ts';

interface OpenHooks {
  readonly switchboard: HookSwitchboard;
  readonly controlSocket: string;
}

/** Prints one line per hook, in the order they run. */
export async function listHooksCommand(context: CommandContext): Promise<number> {
  const { switchboard } = await openHooks(context);
  const { hooks, problems } = await switchboard.list();
  for (const { path, reason } of problems) context.err(`warning: ${path}: ${reason}\n`);
  if (hooks.length === 0) context.out('No hooks discovered.\n');
  for (const hook of hooks) {
    const command = hook.command.replaceAll(/\s+/g, ' ');
    const facts = [`enabled=${hook.enabled}`, `events=${hook.events.join(',')}`, `command=${command}`];
    context.out(`${[hook.name, ...facts].join('\t')}\n`);
  }
  return EXIT.ok;
}

/** Prints one hook as JSON. Raises `MC_HOOKS_NOT_FOUND`. */
export async function showHookCommand(context: CommandContext, wanted: string): Promise<number> {
  const { switchboard } = await openHooks(context);
  const { name, description, events, command, timeoutMs, enabled, path } = await switchboard.find(wanted);
  const shown = { name, description, events, command, timeout_ms: timeoutMs, enabled, path };
  context.out(`${JSON.stringify(shown, null, 2)}\n`);
  return EXIT.ok;
}

/** Switches a hook on or off. Raises `MC_HOOKS_NOT_FOUND`, `MC_HOOKS_BAD_STATE_FILE` or `MC_CLI_CONTROL_REFUSED`. */
export async function switchHookCommand(
  context: CommandContext,
  name: string,
  enabled: boolean,
): Promise<number> {
  const { switchboard, controlSocket } = await openHooks(context);
  const path = `/api/hooks/${encodeURIComponent(name)}/${enabled ? 'enable' : 'disable'}`;
  const answer = await askServer(controlSocket, { method: 'POST', path });
  if (answer === undefined) await switchboard.setEnabled(name, enabled);
  context.out(`${enabled ? 'enabled' : 'disabled'}: ${name}\n`);
  return EXIT.ok;
}

async function openHooks(context: CommandContext): Promise<OpenHooks> {
  const { env, cwd, configFlag } = context;
  const { config } = await loadConfig({ flag: configFlag, env, cwd });
  const layout = layoutOf(config);
  return {
    switchboard: createHookSwitchboard(config, layout, cwd),
    controlSocket: layout.controlSocket,
  };
}
