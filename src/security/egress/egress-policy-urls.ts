/**
 * Finds the destinations that a tool's input names (tools §10): in shell text every URL and every word that can only be
 * a host; in other tools the fields that hold URLs. Text that merely mentions a URL, such as the body of a file, is not
 * a destination.
 *
 * It is a net for cooperative models, because a shell can build any name at run time. What the program itself requests
 * is judged when it connects, and a sandbox without network is the boundary for commands.
 */

import { commandForms } from '../command-policy.ts';
import { type CanonicalHost, canonicalHost } from '../urls/address.ts';

export type Destination =
  /** To be judged by every rule. */
  | { readonly kind: 'url'; readonly url: string }
  /** A word that may be a host: only rules that deny apply, because it may also be a file name. */
  | { readonly kind: 'host'; readonly host: CanonicalHost };

/** Every destination once, in order. */
export function findDestinations(input: unknown): readonly Destination[] {
  const found = new Map<string, Destination>();
  for (const { key, text } of stringsOf(input, '')) {
    for (const destination of key === SHELL_FIELD ? inCommand(text) : inField(key, text)) {
      const id = destination.kind === 'url' ? destination.url : destination.host.text;
      if (!found.has(id)) found.set(id, destination);
    }
  }
  return [...found.values()];
}

/** The field with shell text. */
const SHELL_FIELD = 'command';
/** Fields whose whole value is a URL, by the last word of their name. */
const URL_FIELD = /(?:^|_)(?:url|uri|href|link|endpoint|origin)s?$/;

interface FoundString {
  readonly key: string;
  readonly text: string;
}

/** Every string, with the nearest key in lower case, camelCase as snake_case. */
function* stringsOf(value: unknown, key: string): Generator<FoundString> {
  if (typeof value === 'string') yield { key, text: value };
  else if (Array.isArray(value)) for (const item of value) yield* stringsOf(item, key);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      yield* stringsOf(inner, name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase());
    }
  }
}

function inField(key: string, text: string): readonly Destination[] {
  const value = text.trim();
  const isUrl = URL_FIELD.test(key)
    ? /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
    : /^https?:\/\/\S+$/i.test(value);
  return isUrl ? [{ kind: 'url', url: value }] : [];
}

/**
 * `scheme://`, credentials, an address in brackets, and everything up to what ends a URL in a command. The length of a
 * scheme is bounded, because one can begin at every dot of a text.
 */
const COMMAND_URL =
  /\b([a-z][a-z0-9+.-]{0,30}):\/\/((?:[^\s"'`()[\]{}<>;,/@]*@)?(?:\[[^\]\s]*\])?[^\s"'`)\]}<>;,]*)/gi;

function inCommand(command: string): readonly Destination[] {
  return commandForms(command).flatMap((form) => [...urlsIn(form), ...hostsIn(form)]);
}

function urlsIn(command: string): readonly Destination[] {
  return [...command.matchAll(COMMAND_URL)].flatMap(([, scheme = '', rest = '']) => {
    const location = withoutFinalPunctuation(rest);
    // Without a host (`file:///etc/hosts`) nothing is reached.
    if (location === '' || location.startsWith('/')) return [];
    // Rules are about hosts: a clone over ssh is judged as a fetch over https is.
    const web = /^https?$/i.test(scheme) ? scheme : 'https';
    return [{ kind: 'url', url: `${web}://${location}` } as const];
  });
}

function withoutFinalPunctuation(text: string): string {
  let end = text.length;
  while (end > 0 && '.:!?'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

const WORD_END = /[\s"'`()<>|;&{},=]+/;

function hostsIn(command: string): readonly Destination[] {
  return command.split(WORD_END).flatMap((word) => {
    const host = hostOfWord(word);
    return host === undefined ? [] : [{ kind: 'host', host } as const];
  });
}

/** `bad.example`, `bad.example:80/x`, `user@bad.example:path`, `10.0.0.1`, `[::1]:80`, `/dev/tcp/bad.example/80`. */
function hostOfWord(word: string): CanonicalHost | undefined {
  if (word.includes('://')) return undefined;
  const device = /^\/dev\/(?:tcp|udp)\/([^/]+)\//.exec(word)?.[1];
  const start = device ?? word.replace(/^[^@/]*@/, '');
  const text = /^\[[0-9a-f:.]+\]/i.exec(start)?.[0] ?? start.replace(/[:/?#].*$/, '');
  if (device === undefined && !LOOKS_LIKE_HOST.test(text)) return undefined;
  return canonicalHost(text);
}

/** A name with a dot, `localhost`, `metadata`, an address, or a number so large that it is an address in disguise. */
const LOOKS_LIKE_HOST =
  /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?|localhost|metadata|\[[0-9a-f:.]+\]|\d{8,10}|0x[0-9a-f]{7,8}|0[0-7]{9,})$/i;
