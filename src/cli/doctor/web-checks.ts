/** Whether the console can listen where it should. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Config, isWebEnabled } from '../../config/config.ts';
import { errorMessage } from '../../core/errors.ts';
import type { DoctorCheck, DoctorFacts } from './check.ts';
import { askRunningServer } from './running-server.ts';

/** The port is free, or it is ours. */
export async function webChecks({ configuration }: DoctorFacts): Promise<readonly DoctorCheck[]> {
  if (configuration instanceof Error || configuration.config === undefined) return [];
  const { config } = configuration;
  if (!isWebEnabled(config)) return [];
  return [await portCheck(config)];
}

async function portCheck(config: Config): Promise<DoctorCheck> {
  const check = { id: 'web.port', title: 'Port of the console' };
  const place = `${config.web_host}:${config.web_port}`;
  const answer = await askRunningServer(config, '/api/health');
  if (answer.kind === 'answer')
    return { ...check, status: 'pass', detail: `${place}, served by this installation` };
  const server = createServer();
  try {
    server.listen({ host: config.web_host, port: config.web_port, exclusive: true });
    await once(server, 'listening');
    return { ...check, status: 'pass', detail: `${place} is free` };
  } catch (error) {
    const detail = `cannot listen on ${place}: ${errorMessage(error)}`;
    return { ...check, status: 'fail', detail, fix: fixOf(error) };
  } finally {
    server.close();
  }
}

function fixOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'stop the other program or set web_port';
  if (code === 'EACCES') return 'set web_port to 1024 or more: lower ones are for the administrator';
  return 'set web_host to 127.0.0.1 or another address of this machine';
}
