/**
 * Checks the patterns of dangerous commands, so that a mistake stops the start instead of letting commands pass.
 *
 * The engine is loaded only for patterns that are not the default ones.
 */
import { errorMessage } from '../core/errors.ts';
import type { Config } from './config.ts';
import { DEFAULT_DANGEROUS_PATTERNS } from './sections/policy.ts';
import type { Finding } from './validate.ts';

/** An error for every pattern that is not a regular expression in RE2 syntax. */
export async function checkPatterns(config: Config): Promise<readonly Finding[]> {
  const known = new Set(DEFAULT_DANGEROUS_PATTERNS);
  const patterns = config.bash_dangerous_patterns;
  if (patterns.every((pattern) => known.has(pattern))) return [];
  const { RE2JS } = await import('re2js');
  return patterns.flatMap((pattern, index) => {
    try {
      RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
      return [];
    } catch (error) {
      const path = ['bash_dangerous_patterns', index];
      const message = `\`bash_dangerous_patterns[${index}]\`: ${errorMessage(error)}`;
      return [{ severity: 'error', path, part: 'value', message } as const];
    }
  });
}
