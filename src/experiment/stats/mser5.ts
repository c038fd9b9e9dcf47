import { meanVariance } from './mean-variance.ts';

const BATCH = 5;

/** Where the warm-up of a series ends, and what the rest comes to. */
export interface Truncation {
  /** Observations to drop: a whole number of batches of five. */
  readonly truncated: number;
  /** Mean of the batches kept. */
  readonly mean: number;
  /** False where the rule found nothing: its least lies past the half, so the series is too short
   * or never settles. */
  readonly valid: boolean;
}

/**
 * MSER-5 (White, Cobb and Spratt 2000): of all truncation points of the batch means of five, the
 * one with the smallest marginal standard error, Σ (y − ȳ)² / m² of the m batches kept. Points at
 * which fewer than five batches would be kept are not looked at: there the measure falls to 0
 * whatever the series. What does not fill a batch at the end is dropped. O(n).
 */
export function mser5(series: readonly number[]): Truncation | null {
  const batches = batchMeans(series);
  if (batches.length < BATCH) return null;
  const last = batches.length - BATCH;
  // From the end on, by Welford's rule: a tail that does not vary gives exactly 0.
  let [middle, squares] = [0, 0];
  let best = { error: Number.POSITIVE_INFINITY, at: 0 };
  for (let at = batches.length - 1; at >= 0; at--) {
    const kept = batches.length - at;
    const away = batches[at]! - middle;
    middle += away / kept;
    squares += away * (batches[at]! - middle);
    const error = squares / (kept * kept);
    // Ties go to the earlier point, which keeps more.
    if (at <= last && error <= best.error) best = { error, at };
  }
  const { mean } = meanVariance(batches.slice(best.at));
  return { truncated: best.at * BATCH, mean, valid: best.at * 2 <= batches.length };
}

function batchMeans(series: readonly number[]): number[] {
  return Array.from({ length: Math.floor(series.length / BATCH) }, (_, batch) => {
    return meanVariance(series.slice(batch * BATCH, (batch + 1) * BATCH)).mean;
  });
}
