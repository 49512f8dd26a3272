/** Masks e-mail addresses and long tokens in a tool's result. Reads the call from stdin, prints the answer. */
import { readFileSync } from 'node:fs';

const PATTERNS = [
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, '[email]'],
  [/\b(?:sk|pk|ghp|gho|xox[abp]|AKIA)[-_A-Za-z0-9]{16,}/g, '[token]'],
  [/\b[A-Fa-f0-9]{40,}\b/g, '[token]'],
];

const { result } = JSON.parse(readFileSync(0, 'utf8'));
const before = String(result.content);
const content = PATTERNS.reduce((text, [pattern, mask]) => text.replaceAll(pattern, mask), before);
const answer = content === before ? { action: 'allow' } : { action: 'modify', patch: { content } };
process.stdout.write(JSON.stringify(answer));
