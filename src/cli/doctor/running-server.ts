/** What the server on this data directory says, for checks that go on without it. */
import { layoutOf } from '../../app/data-layout.ts';
import type { Config } from '../../config/config.ts';
import { MicroclawError } from '../../core/errors.ts';
import { type ControlAnswer, callServer } from '../control-client.ts';

/** The answer; an error (`MC_CLI_CONTROL_*`) is one, too: a server that may not be asked is a finding. */
export async function askRunningServer(
  config: Config,
  path: string,
): Promise<ControlAnswer | MicroclawError> {
  try {
    return await callServer(layoutOf(config).controlSocket, { method: 'GET', path });
  } catch (error) {
    if (error instanceof MicroclawError) return error;
    throw error;
  }
}
