/**
 * Runs the self-checks of all parts of the program.
 *
 * Invariant: a check that fails hides no other and is itself a warning; the order is that of the checks.
 */
import { errorMessage } from '../../core/errors.ts';
import type { SelfCheck, SelfCheckWarning } from '../../core/self-check.ts';
import type { Logger } from '../../observability/logger.ts';

/** The warnings of all checks. Never rejects. */
export async function runSelfChecks(
  checks: readonly SelfCheck[],
  logger: Logger,
): Promise<readonly SelfCheckWarning[]> {
  const results = await Promise.all(checks.map((check) => runOne(check, logger)));
  return results.flat();
}

async function runOne(check: SelfCheck, logger: Logger): Promise<readonly SelfCheckWarning[]> {
  try {
    return await check.run();
  } catch (error) {
    logger.error({ check: check.name, err: error }, 'a self-check failed');
    return [
      {
        code: 'self_check_failed',
        severity: 'medium',
        message: `The check of ${check.name} could not be made: ${errorMessage(error)}.`,
        hint: 'The log says more; `microclaw doctor` looks from outside.',
      },
    ];
  }
}
