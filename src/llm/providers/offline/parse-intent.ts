/**
 * Understands a request by fixed rules, the first that matches wins. Pure: the same text and tools give the same
 * intent. A request whose tool is not offered is answered honestly instead of being passed to another tool.
 */
import {
  calculate,
  changeTodos,
  currentTime,
  exportChat,
  fetchPage,
  forgetEverything,
  recall,
  remember,
  remind,
  runCommand,
  searchMemory,
  searchWeb,
  showTodos,
} from './action-rules.ts';
import { editFile, findFiles, listFiles, readFile, searchFiles, writeFile } from './file-rules.ts';
import type { Intent, PlannedCall } from './intent.ts';
import type { IntentRule, RuleMatch } from './intent-rule.ts';
import { isGreeting, talk } from './talk-rules.ts';

/** From the most to the least specific: "find … in …" matches much, so it comes late. */
const RULES: readonly IntentRule[] = [
  remind,
  runCommand,
  remember,
  recall,
  forgetEverything,
  searchMemory,
  searchWeb,
  fetchPage,
  showTodos,
  changeTodos,
  currentTime,
  calculate,
  exportChat,
  talk,
  editFile,
  writeFile,
  findFiles,
  readFile,
  listFiles,
  searchFiles,
];

/** Keeps the cost of matching bounded: rules may look at every pair of positions. */
const MAX_REQUEST_CHARS = 4_000;
const UNKNOWN: Intent = { kind: 'say', topic: 'unknown' };

/** `tools` holds the names of the offered tools. */
export function parseIntent(text: string, tools: ReadonlySet<string>): Intent {
  if (text.length > MAX_REQUEST_CHARS) return UNKNOWN;
  const request = stripPoliteness(text);
  return parseSeveral(request, tools) ?? parseOne(request, tools) ?? UNKNOWN;
}

/** Several commands in one message, when every part is a command of its own. */
function parseSeveral(request: string, tools: ReadonlySet<string>): Intent | undefined {
  if (request.includes('```')) return undefined;
  const parts = request
    .split(/\s*\n+\s*|,?\s+(?:and then|then|and also|and)\s+/i)
    .filter((part) => part !== '');
  if (parts.length < 2 || parts.length > 8) return undefined;
  const calls: PlannedCall[] = [];
  for (const part of parts) {
    const intent = parseOne(stripPoliteness(part), tools);
    if (intent?.kind !== 'calls') return undefined;
    calls.push(...intent.calls);
  }
  return { kind: 'calls', calls };
}

function parseOne(request: string, tools: ReadonlySet<string>): Intent | undefined {
  for (const rule of RULES) {
    const match = rule(request);
    if (match !== undefined) return withTools(match, tools);
  }
  return undefined;
}

function withTools({ intent, needs }: RuleMatch, tools: ReadonlySet<string>): Intent {
  if (needs === undefined || tools.has(needs.tool)) return intent;
  const base = { kind: 'unavailable', what: needs.what } as const;
  return needs.advice === undefined ? base : { ...base, advice: needs.advice };
}

const OPENING =
  /^(?:(?:please|pls|kindly|ok(?:ay)?|hey|hi|hello|now|so|well|alright|microclaw|bot|@\S+|can you|could you|would you|will you|can i|i want you to|i(?:'d| would) like (?:you )?to|i need you to|let's|go ahead and|just)[,:!]*\s+)+(?=\S)/i;

/** After a word, not where it may be an argument (`cp a .`). */
const FINAL_PUNCTUATION = /(?<=[\w`"')*\]>])[?!.]+$/;

/** Drops greetings before and politeness around a command, and the final punctuation. */
function stripPoliteness(text: string): string {
  const trimmed = text.trim().replace(/’/g, "'");
  const bare = trimmed
    .replace(FINAL_PUNCTUATION, '')
    .replace(/[,\s]+(?:please|pls|for me|thanks|thank you)$/i, '')
    .replace(FINAL_PUNCTUATION, '')
    .trim();
  return isGreeting(bare) ? bare : bare.replace(OPENING, '');
}
