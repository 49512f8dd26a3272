/**
 * Commands that a person should see before they run (`bash_dangerous_patterns`, tools §5.2).
 *
 * A pattern is looked for in the command as written and in its plain form, without quotes, backslashes and other
 * decoration that a shell drops. That catches careless and lightly disguised commands. It is not a boundary: a shell
 * can build any command at run time; the sandbox is.
 *
 * Invariant: patterns are RE2, which runs in linear time, about a microsecond per character for all of them, and a long
 * command lets others run between two patterns, so no command can stall the process.
 */
import { setImmediate } from 'node:timers/promises';

const LONG_CHARS = 8192;

export interface CommandPolicy {
  /** The first configured pattern that matches; `undefined` when none does. Rejects when a pattern is invalid. */
  findDangerousPattern(command: string): Promise<string | undefined>;
}

interface CompiledPattern {
  readonly source: string;
  matches(text: string): boolean;
}

/** The engine is loaded with the first command. */
export function createCommandPolicy(patterns: readonly string[]): CommandPolicy {
  let compiled: Promise<readonly CompiledPattern[]> | undefined;
  return {
    async findDangerousPattern(command) {
      if (patterns.length === 0) return undefined;
      compiled ??= compilePatterns(patterns);
      const forms = commandForms(command);
      for (const pattern of await compiled) {
        if (command.length > LONG_CHARS) await setImmediate();
        if (forms.some((form) => pattern.matches(form))) return pattern.source;
      }
      return undefined;
    },
  };
}

async function compilePatterns(patterns: readonly string[]): Promise<readonly CompiledPattern[]> {
  const { RE2JS } = await import('re2js');
  return patterns.map((source) => {
    const regex = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    return { source, matches: (text) => regex.matcher(text).find() };
  });
}

/** The command as written, its plain form, and that with every variable empty; each only once. */
export function commandForms(command: string): readonly string[] {
  const plain = plainForm(command);
  return [...new Set([command, plain, plain.replace(/\$\{\w+\}/g, '')])];
}

/** Joins continued lines, drops quotes, escapes and empty expansions, and turns `$IFS` into a space. */
function plainForm(command: string): string {
  const decoded = command
    .replace(/\\\r?\n/g, '')
    .replace(/\$'((?:[^'\\]|\\.)*)'/gs, (_all, text: string) => decodeAnsiQuote(text));
  return withSpacesForIfs(decoded)
    .replace(/\$(?:@|\*|\{[@*]\}|\(\s*\))|``/g, '')
    .replace(/\$(?=["'])/g, '')
    .replace(/["'\\]/g, '');
}

/** No search for a closing brace begins behind the last one, where each would go on to the end of the text. */
function withSpacesForIfs(text: string): string {
  const end = text.lastIndexOf('}') + 1;
  return text.slice(0, end).replace(/\$\{IFS[^}]*\}|\$IFS/g, ' ') + text.slice(end).replaceAll('$IFS', ' ');
}

/** What `$'…'` of a shell stands for: `\x2f`, `\057` and `\u002f` are a slash. */
function decodeAnsiQuote(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|([0-7]{1,3})|(.))/gis,
    (_all, hex?: string, unicode?: string, octal?: string, other?: string) => {
      const digits = hex ?? unicode;
      if (digits !== undefined) return String.fromCharCode(Number.parseInt(digits, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      return SPACE_ESCAPES.has(other ?? '') ? ' ' : (other ?? '');
    },
  );
}

const SPACE_ESCAPES: ReadonlySet<string> = new Set(['n', 't', 'r', 'v', 'f']);
