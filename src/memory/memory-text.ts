/**
 * The text of a memory file: how entries are added, how they expire, and how they are shown to a model.
 *
 * An entry with a time limit stands between `<!-- until <timestamp> -->` and `<!-- end -->`; a person who opens the
 * file can read and edit it. Everything else is plain Markdown.
 *
 * Invariants: adding never removes an entry that has not expired; text of an entry cannot end its own time limit or
 * that of another; text shown to a model contains no tags.
 */
import { formatTimestamp } from '../core/clock.ts';

const TIMED_ENTRY = /<!-- until (\d{4}-\d{2}-\d{2}T[\d:.]+Z) -->\n([\s\S]*?)\n<!-- end -->/g;
const MARKER = /<!-- (?:until [^>]*|end) -->/g;
const DAY_MS = 86_400_000;

/** The text without entries whose time has passed. Markers of the others stay. */
export function dropExpired(text: string, nowMs: number): string {
  const now = formatTimestamp(nowMs);
  const kept = text.replace(TIMED_ENTRY, (entry, until: string) => (until > now ? entry : ''));
  return kept === text ? text : tidy(kept);
}

/** What is in force now, without markers. */
export function activeText(text: string, nowMs: number): string {
  return tidy(dropExpired(text, nowMs).replace(MARKER, ''));
}

export interface MemoryAddition {
  readonly content: string;
  /** Days until the entry expires; absent means never. */
  readonly ttlDays?: number | undefined;
}

/**
 * Adds an entry at the end. An entry whose lines are already there is not added again, and content that repeats the
 * whole file and goes on replaces it, because that is what a model that rewrites the file sends.
 */
export function appendEntry(text: string, addition: MemoryAddition, nowMs: number): string {
  const current = dropExpired(text, nowMs).trim();
  const content = addition.content.replace(MARKER, '').trim();
  if (content === '') return withFinalNewline(current);
  if (addition.ttlDays === undefined) {
    if (containsLines(current, content)) return withFinalNewline(current);
    if (current !== '' && containsLines(content, current)) return withFinalNewline(content);
  }
  const separator = current === '' ? '' : '\n';
  return withFinalNewline(`${current}${separator}${entryText(content, addition.ttlDays, nowMs)}`);
}

/** A file that holds only this entry. Markers in `content` are kept: they are those of the text it replaces. */
export function replacementText(addition: MemoryAddition, nowMs: number): string {
  const content = addition.content.trim();
  if (content === '') return '';
  if (addition.ttlDays === undefined) return withFinalNewline(content);
  return withFinalNewline(entryText(content.replace(MARKER, '').trim(), addition.ttlDays, nowMs));
}

/** `<` that begins a tag becomes `&lt;`, so that a memory cannot pose as text of the runtime or of a user. */
export function neutraliseTags(text: string): string {
  return text.replace(/<(?=[/!?a-zA-Z])/g, '&lt;');
}

function entryText(content: string, ttlDays: number | undefined, nowMs: number): string {
  const entry = /^(?:[-*#>]|\d+\.)\s/.test(content) || content.includes('\n') ? content : `- ${content}`;
  if (ttlDays === undefined) return entry;
  return `<!-- until ${formatTimestamp(nowMs + ttlDays * DAY_MS)} -->\n${entry}\n<!-- end -->`;
}

/** Whether every line of `part` is a line of `whole`, bullets and outer space aside. */
function containsLines(whole: string, part: string): boolean {
  const lines = new Set(comparableLines(whole));
  return comparableLines(part).every((line) => lines.has(line));
}

function comparableLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replace(/^[-*]\s+/, ''))
    .filter((line) => line !== '');
}

function tidy(text: string): string {
  return withFinalNewline(text.replace(/\n{3,}/g, '\n\n').trim());
}

function withFinalNewline(text: string): string {
  return text === '' ? '' : `${text}\n`;
}
