/** Blocks memory calls with the scope `global`. Reads the call from stdin, prints the answer. */
import { readFileSync } from 'node:fs';

const { tool_name, tool_input } = JSON.parse(readFileSync(0, 'utf8'));
const isGlobal =
  String(tool_input?.scope ?? '')
    .trim()
    .toLowerCase() === 'global';
const reason = `${tool_name} with scope global is blocked by the hook block-global-memory; use the chat's own memory.`;
process.stdout.write(JSON.stringify(isGlobal ? { action: 'block', reason } : { action: 'allow' }));
