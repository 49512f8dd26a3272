/**
 * A process that tries wrong passwords: `login-flood-child.ts <url> <attempts> <clients>`. Each attempt names another
 * client address, so that no lock of one client ends the flood. Prints how often each status came, as JSON.
 *
 * A process of its own, because the time of the requests that are measured must not be that of the flood's client.
 */
import { Agent, request } from 'node:http';

const [url = '', attempts = '0', clients = '1'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(clients) });
const answers: Record<number, number> = {};
let next = 0;

function attempt(index: number): Promise<number> {
  const client = `198.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': client };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/api/auth/login`, { method: 'POST', headers, agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.once('error', reject);
    outgoing.end('{"password":"wrong password"}');
  });
}

async function work(): Promise<void> {
  while (next < Number(attempts)) {
    next += 1;
    const status = await attempt(next);
    answers[status] = (answers[status] ?? 0) + 1;
  }
}

await Promise.all(Array.from({ length: Number(clients) }, work));
agent.destroy();
process.stdout.write(`${JSON.stringify(answers)}\n`);
