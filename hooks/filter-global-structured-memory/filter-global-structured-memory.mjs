/** Removes lines marked `[global]` from a search result. Reads the call from stdin, prints the answer. */
import { readFileSync } from 'node:fs';

const { result } = JSON.parse(readFileSync(0, 'utf8'));
const lines = String(result.content).split('\n');
const own = lines.filter((line) => !line.includes('[global]'));
const content = own.join('\n').trim() === '' ? 'No memories of this chat match.' : own.join('\n');
const answer = own.length === lines.length ? { action: 'allow' } : { action: 'modify', patch: { content } };
process.stdout.write(JSON.stringify(answer));
