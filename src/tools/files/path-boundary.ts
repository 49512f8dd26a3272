/** The path guard as a boundary check of a tool. Looks at links, opens nothing. */
import type { PathAccess, PathGuard, PathScope } from '../../security/path-guard/path-guard.ts';
import type { PathRefusal } from '../../security/path-guard/path-refusal.ts';
import type { ToolBoundary } from '../tool.ts';

/** The name of the rule in refusals, audit entries and explanations. */
export function pathRule(refusal: Pick<PathRefusal, 'rule'>): string {
  return `path_guard.${refusal.rule}`;
}

/** What the guard says of one path of the input. */
export async function pathBoundary(
  guard: PathGuard,
  requested: string,
  access: PathAccess,
  scope: PathScope,
): Promise<ToolBoundary> {
  const decision = await guard.check(requested, access, scope);
  if (decision.allowed) {
    return { step: 'path', rule: 'path_guard', refused: false, reason: `this chat may ${access} the path` };
  }
  return { step: 'path', rule: pathRule(decision), refused: true, reason: decision.message };
}
