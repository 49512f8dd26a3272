/** What about hooks an operator should correct: a hook meant as a guard that is not loaded guards nothing. */
import type { SelfCheckWarning } from '../core/self-check.ts';
import type { HookProblem } from './hook-discovery.ts';

/** One warning per file that cannot be used. */
export function hookWarnings(problems: readonly HookProblem[]): readonly SelfCheckWarning[] {
  return problems.map(({ path, reason }) => ({
    code: 'hook_unusable',
    severity: 'medium',
    message: `${path}: ${reason}.`,
    hint: 'Correct the file, or remove the directory of the hook.',
  }));
}
