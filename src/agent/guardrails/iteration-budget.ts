/**
 * Tells the model when its tool iterations run out (agent-runtime §5): from 70 % a warning, from 90 % an urgent one.
 */

/** The notice for the answer to iteration `iteration` (1-based) of at most `cap`, or `undefined`. */
export function iterationBudgetNotice(iteration: number, cap: number): string | undefined {
  const percent = Math.floor((iteration * 100) / cap);
  if (percent < 70) return undefined;
  const severity = percent >= 90 ? 'urgent' : 'warning';
  const left = cap - iteration;
  const advice = percent >= 90 ? 'Finish now and answer the user.' : 'Plan the remaining steps.';
  return `<system_notice type="iteration_budget" severity="${severity}">${left} of ${cap} tool iterations left. ${advice}</system_notice>`;
}
