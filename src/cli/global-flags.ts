/** Takes the flags that may stand anywhere on the command line out of it. */

export interface GlobalFlags {
  /** Value of `--config`; the last one wins; `''` when it was given without a value. */
  readonly config: string | undefined;
  /** Everything else, in order. */
  readonly rest: readonly string[];
}

/** Arguments after `--` are left alone. */
export function takeGlobalFlags(argv: readonly string[]): GlobalFlags {
  const rest: string[] = [];
  let config: string | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (argument === '--') {
      rest.push(...argv.slice(index));
      break;
    }
    if (argument === '--config') {
      config = argv[index + 1] ?? '';
      index += 1;
    } else if (argument.startsWith('--config=')) config = argument.slice('--config='.length);
    else rest.push(argument);
  }
  return { config, rest };
}
