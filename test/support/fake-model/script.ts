/**
 * The script of a fake model process: answers in order, then rules, then the echo.
 *
 * ```json
 * { "queue": [{ "text": "hello" }],
 *   "rules": [{ "contains": "list", "reply": { "toolCalls": [{ "name": "glob", "input": { "pattern": "*" } }] } }] }
 * ```
 */
import type { FakeModelServer } from './fake-model-server.ts';
import type { RecordedRequest } from './recorded-request.ts';
import type { ReplySpec } from './reply.ts';

interface FakeModelRule {
  /** Matches when the newest user text contains this; absent matches everything. */
  readonly contains?: string;
  /** `true`: only requests that end with a tool result; `false` (default): only others. */
  readonly afterTool?: boolean;
  readonly model?: string;
  readonly reply: ReplySpec;
}

export interface FakeModelScript {
  readonly queue?: readonly ReplySpec[];
  readonly rules?: readonly FakeModelRule[];
}

function matches(rule: FakeModelRule, request: RecordedRequest): boolean {
  if (rule.contains !== undefined && !request.lastUserText.includes(rule.contains)) return false;
  if (rule.model !== undefined && rule.model !== request.model) return false;
  return (rule.afterTool ?? false) === request.endsWithToolResult;
}

/** Installs a script on a server. */
export function applyScript(server: FakeModelServer, script: FakeModelScript): void {
  server.enqueue(...(script.queue ?? []));
  const rules = script.rules ?? [];
  server.route((request) => rules.find((rule) => matches(rule, request))?.reply);
}
