/** What an approval is bound to. */
import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../../core/json.ts';

/** SHA-256 over the tool's name and the canonical form of its real input, in hex. */
export function callFingerprint(tool: string, input: JsonObject): string {
  return createHash('sha256')
    .update(`${JSON.stringify(tool)}\n${canonicalJson(input)}`)
    .digest('hex');
}
