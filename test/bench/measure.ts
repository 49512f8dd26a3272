/** One measured number, its budget, and how it compares between machines. */

export interface Measure {
  /** Stable: `start_ms`, `turn_overhead_p50_ms`, … */
  readonly id: string;
  readonly title: string;
  readonly value: number;
  readonly unit: 'ms' | 'MB' | 'KB' | 'turns/s' | 'x';
  /** From the design; absent where there is none. */
  readonly budget?: number;
  readonly better: 'lower' | 'higher';
  /** The same quantity of the bare server in this run; absent for what does not depend on the machine. */
  readonly reference?: number;
}

/** Bytes per megabyte and kilobyte of the table. */
export const MEGABYTE = 1024 * 1024;
export const KILOBYTE = 1024;

/** Share by which a ratio may be worse than the committed one. */
const TOLERANCE = 0.25;

/** What is compared between machines: the ratio to the bare server, or the value itself. */
export function comparable(measure: Measure): number {
  return measure.reference === undefined ? measure.value : measure.value / measure.reference;
}

export function meetsBudget({ value, budget, better }: Measure): boolean {
  if (budget === undefined) return true;
  return better === 'lower' ? value <= budget : value >= budget;
}

/** What got worse than `baseline` allows, in words. A measure that the baseline lacks is not compared. */
export function findRegressions(
  measures: readonly Measure[],
  baseline: Readonly<Record<string, number>>,
): readonly string[] {
  return measures.flatMap((measure) => {
    const before = baseline[measure.id];
    if (before === undefined) return [];
    const now = comparable(measure);
    const worse = measure.better === 'lower' ? now / before : before / now;
    if (worse <= 1 + TOLERANCE) return [];
    return [
      `${measure.id}: ${now.toPrecision(3)} instead of ${before.toPrecision(3)} (${worse.toFixed(2)} times worse)`,
    ];
  });
}
