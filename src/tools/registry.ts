/**
 * The set of tools the agent can call.
 *
 * Invariants: names are unique without regard to case and found the same way; definitions are sorted by name and
 * built once, so the bytes sent to the model do not change from turn to turn.
 */
import type { ToolDefinition } from '../llm/model-port.ts';
import { toolErrors } from './errors.ts';
import { toolInputSchema } from './input-schema.ts';
import type { Tool } from './tool.ts';

/** Which tools the model is told of. */
export type ToolOffer = 'all' | 'read_only';

export interface ToolRegistry {
  /** Every tool, sorted by name. */
  readonly tools: readonly Tool[];
  /** The tool of that name in any case; `undefined` when there is none. */
  find(name: string): Tool | undefined;
  /** What the model is told, sorted by name; the same array every time. */
  definitions(offer: ToolOffer): readonly ToolDefinition[];
}

/** Raises `MC_TOOLS_DUPLICATE_NAME` when two names differ at most in case. */
export function createToolRegistry(tools: readonly Tool[]): ToolRegistry {
  const sorted = [...tools].sort((left, right) => compareNames(left.name, right.name));
  const byName = new Map<string, Tool>();
  for (const tool of sorted) {
    const key = tool.name.toLowerCase();
    if (byName.has(key)) throw toolErrors.create('DUPLICATE_NAME', `Two tools are called '${tool.name}'`);
    byName.set(key, tool);
  }
  const definitions = new Map<ToolOffer, readonly ToolDefinition[]>();
  return {
    tools: sorted,
    find: (name) => byName.get(name.trim().toLowerCase()),
    definitions(offer) {
      const known = definitions.get(offer);
      if (known !== undefined) return known;
      const offered = sorted.filter((tool) => offer === 'all' || tool.concurrency === 'read_only');
      const made = offered.map((tool) => ({
        name: tool.name,
        description: tool.description,
        inputSchema: toolInputSchema(tool.input),
      }));
      definitions.set(offer, made);
      return made;
    },
  };
}

/** Byte order, so that the sort does not depend on the machine's locale. */
function compareNames(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
