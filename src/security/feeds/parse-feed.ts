/**
 * Reads a host list: one entry per line, a hosts file, or the first column of a CSV file (tools §7.2).
 *
 * Invariants: at most `maxEntries` different entries; what is plainly not a list is refused instead of being taken for
 * an empty one; the event loop gets a turn every few hundred lines.
 */

import { isIP } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { HostRuleIndex } from '../urls/host-rule-index.ts';
import { type HostRule, parseHostRules } from '../urls/url-rules.ts';
import { feedErrors } from './errors.ts';
import type { FeedFormat } from './feed-source.ts';

export interface ParsedFeed {
  readonly rules: readonly HostRule[];
  readonly index: HostRuleIndex;
}

const LINES_PER_TURN = 500;
/** Names that every hosts file defines for its own machine. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'localhost',
  'localhost.localdomain',
  'local',
  'broadcasthost',
  'ip6-localhost',
  'ip6-loopback',
  'ip6-localnet',
  'ip6-mcastprefix',
  'ip6-allnodes',
  'ip6-allrouters',
  'ip6-allhosts',
  '0.0.0.0',
]);
/** First cells of header rows. */
const HEADERS: ReadonlySet<string> = new Set(['host', 'hostname', 'domain', 'url', 'site', 'ip', 'address']);

/** Raises `MC_FEED_BAD_LIST`. */
export async function parseFeed(text: string, format: FeedFormat, maxEntries: number): Promise<ParsedFeed> {
  if (/^\s*<(?:!doctype|html|\?xml|head|body)/i.test(text.slice(0, 1000))) {
    throw feedErrors.create('BAD_LIST', 'the answer is a web page, not a list of hosts');
  }
  if (text.includes('\0')) throw feedErrors.create('BAD_LIST', 'the answer is not text');
  const rules = new Map<string, HostRule>();
  let usable = 0;
  let unusable = 0;
  let line = 0;
  for (const raw of lines(text)) {
    line += 1;
    if (line % LINES_PER_TURN === 0) await setImmediate();
    const entries = format === 'lines' ? entriesOfLine(raw) : entriesOfRow(raw, usable + unusable === 0);
    const parsed = parseHostRules(entries);
    usable += parsed.rules.length;
    unusable += parsed.rejected.length;
    for (const rule of parsed.rules)
      if (rules.size < maxEntries) rules.set(`${rule.kind} ${rule.text}`, rule);
    if (rules.size >= maxEntries) break;
  }
  if (unusable > usable) {
    throw feedErrors.create('BAD_LIST', `${unusable} of ${unusable + usable} entries are not hosts`);
  }
  const unique = [...rules.values()];
  return { rules: unique, index: new HostRuleIndex(unique) };
}

/** Lines without their breaks, one at a time: a list may be large. */
function* lines(text: string): Generator<string> {
  let start = text.startsWith('\ufeff') ? 1 : 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    yield text.slice(start, stop).trim();
    start = stop + 1;
  }
}

/** `host`, `url`, `0.0.0.0 host other-host`, each with an optional comment. */
function entriesOfLine(line: string): readonly string[] {
  const fields = withoutComment(line).split(/\s+/);
  const [first = '', ...rest] = fields;
  if (rest.length > 0 && isIP(first) !== 0) return rest.filter((name) => !OWN_NAMES.has(name.toLowerCase()));
  return rest.length > 0 ? [fields.join(' ')] : [first];
}

function entriesOfRow(row: string, isFirst: boolean): readonly string[] {
  if (row.startsWith('#')) return [];
  const quoted = /^"((?:[^"]|"")*)"/.exec(row)?.[1]?.replaceAll('""', '"');
  const cell = withoutComment(quoted ?? row.split(',', 1)[0] ?? '').trim();
  return isFirst && HEADERS.has(cell.toLowerCase()) ? [] : [cell];
}

/** A `#` starts a comment at the start of a line or after a space; elsewhere it is part of a URL. */
function withoutComment(line: string): string {
  return line.replace(/(?:^|\s)#.*$/, '').trim();
}
