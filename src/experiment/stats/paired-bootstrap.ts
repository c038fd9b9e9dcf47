import { RandomStreams } from '../../engine/random-streams.ts';
import type { Bootstrap } from './bca-interval.ts';
import { meanVariance } from './mean-variance.ts';

export const RESAMPLES = 2000;

/**
 * Resamples whole pairs: for tail latencies, whose differences are too skewed for Student's t.
 * Takes the differences of the pairs, since the mean of a resample's differences is the difference
 * of its means. The stream is this purpose's own, keyed by `label`: it shifts no run's numbers,
 * and the same comparison has the same interval. O(n · RESAMPLES).
 */
export function pairedBootstrap(differences: readonly number[], label: string): Bootstrap {
  const n = differences.length;
  const stream = new RandomStreams(label, 0).stream('bootstrap');
  const { mean: value } = meanVariance(differences);
  const replicates = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += differences[stream.below(n)]!;
    return sum / n;
  }).sort((a, b) => a - b);
  const sum = value * n;
  const jackknife = differences.map((left) => (sum - left) / (n - 1));
  return { value, replicates, jackknife };
}
