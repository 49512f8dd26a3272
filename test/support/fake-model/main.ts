/**
 * The fake model as a process: `node test/support/fake-model/main.ts [--port 0] [--script file.json]`. Prints its URL
 * as the first line of stdout and stops on SIGTERM or SIGINT.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startFakeModel } from './fake-model-server.ts';
import { applyScript, type FakeModelScript } from './script.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, script: { type: 'string' } },
});

const server = await startFakeModel({ port: Number(values.port), keepRequests: 1 });
if (values.script !== undefined) {
  const script: FakeModelScript = JSON.parse(readFileSync(values.script, 'utf8'));
  applyScript(server, script);
}
process.stdout.write(`${server.url}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.stop());
