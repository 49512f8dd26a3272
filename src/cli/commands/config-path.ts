/** `microclaw config path`: the file in use, or where one would be looked for first. */
import { defaultConfigPath, discoverConfig } from '../../config/discover.ts';
import { type CommandContext, EXIT } from '../command-context.ts';

/** Prints one path. A file that was named and is missing is an error. */
export async function configPathCommand(context: CommandContext): Promise<number> {
  const { env, cwd, configFlag } = context;
  const input = { flag: configFlag, env, cwd };
  const found = discoverConfig(input);
  context.out(`${found ?? defaultConfigPath(input)}\n`);
  if (found === null) context.err('There is no such file yet; every key has a default.\n');
  return EXIT.ok;
}
