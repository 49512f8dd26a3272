/**
 * Commands that a person should see before they run (`bash_dangerous_patterns`, tools §5.2).
 *
 * A pattern is looked for in the command as written and in its plain form, without quotes, backslashes and other
 * decoration that a shell drops. That catches careless and lightly disguised commands. It is not a boundary: a shell
 * can build any command at run time; the sandbox is.
 *
 * Invariant: patterns are RE2, which runs in linear time, so no command can stall the process.
 */

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
      return (await compiled).find((pattern) => forms.some((form) => pattern.matches(form)))?.source;
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

/** The command as written and, when it differs, its plain form. */
export function commandForms(command: string): readonly string[] {
  const plain = plainForm(command);
  return plain === command ? [command] : [command, plain];
}

/** Joins continued lines, drops quotes, escapes and empty expansions, and turns `$IFS` into a space. */
function plainForm(command: string): string {
  return command
    .replace(/\\\r?\n/g, '')
    .replace(/\$\{?IFS\}?/g, ' ')
    .replace(/\$(?:@|\*|\{[@*]\})/g, '')
    .replace(/\$(?=["'])/g, '')
    .replace(/["'\\]/g, '');
}
