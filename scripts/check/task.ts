/** One step of `npm run check`: a program that must end with code 0, or a function that must find nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

/** A step. `run` resolves with what is wrong; empty means fine. */
export interface CheckTask {
  readonly name: string;
  run(): Promise<string>;
}

/** A step that runs a script of a dependency with this Node. */
export function programTask(name: string, root: string, script: string, args: readonly string[]): CheckTask {
  return {
    name,
    async run() {
      const child = spawn(process.execPath, [script, ...args], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output += chunk;
        });
      }
      const [code] = await once(child, 'close');
      return code === 0 ? '' : stripVTControlCharacters(output) || `exit code ${code}`;
    },
  };
}

/** A step that looks for problems itself. */
export function findingTask(name: string, find: () => Promise<readonly string[]>): CheckTask {
  return { name, run: async () => (await find()).join('\n') };
}
