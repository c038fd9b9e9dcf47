import { normalProbability } from './normal-probability.ts';
import { normalQuantile } from './normal-quantile.ts';
import { quantile } from './quantile.ts';

/** What a bootstrap has found. */
export interface Bootstrap {
  /** The statistic of the sample itself. */
  readonly value: number;
  /** Of each resample, ascending. */
  readonly replicates: readonly number[];
  /** Of the sample without each of its members. */
  readonly jackknife: readonly number[];
}

/**
 * The bias-corrected and accelerated interval (Efron 1987): quantiles of the replicates at levels
 * shifted by how far the sample's value is off their middle, and by how its error changes with
 * the value (the jackknife's skewness).
 */
export function bcaInterval(found: Bootstrap, level: number): { low: number; high: number } {
  const { value, replicates, jackknife } = found;
  const first = replicates[0]!;
  if (first === replicates.at(-1)) return { low: first, high: first };
  const below = replicates.filter((each) => each < value).length;
  const equal = replicates.filter((each) => each === value).length;
  const n = replicates.length;
  // Half of the ties count as below; never none or all, where the quantile has no value.
  const share = Math.min(Math.max((below + equal / 2) / n, 0.5 / n), 1 - 0.5 / n);
  const bias = normalQuantile(share);
  const acceleration = skewness(jackknife);
  const at = (probability: number) => {
    const shifted = bias + normalQuantile(probability);
    return normalProbability(bias + shifted / (1 - acceleration * shifted));
  };
  const tail = (1 - level) / 2;
  return { low: quantile(replicates, at(tail)), high: quantile(replicates, at(1 - tail)) };
}

/** Σ d³ / (6 (Σ d²)^1.5) of the deviations d = mean − value. */
function skewness(jackknife: readonly number[]): number {
  const mean = jackknife.reduce((sum, each) => sum + each, 0) / jackknife.length;
  let [squares, cubes] = [0, 0];
  for (const each of jackknife) {
    const d = mean - each;
    squares += d * d;
    cubes += d * d * d;
  }
  return squares === 0 ? 0 : cubes / (6 * squares * Math.sqrt(squares));
}
