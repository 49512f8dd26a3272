/** `microclaw config schema`: the JSON Schema, for editors that complete and check YAML. */
import { configJsonSchema } from '../../config/json-schema.ts';
import { type CommandContext, EXIT } from '../command-context.ts';

/** Prints the schema. */
export function configSchemaCommand(context: CommandContext): number {
  context.out(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  return EXIT.ok;
}
