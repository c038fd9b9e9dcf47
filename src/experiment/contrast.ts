import type { Arm, Difference, Pairing, Summary } from './compare-types.ts';
import type { Estimate } from './run-result.ts';
import { bcaInterval } from './stats/bca-interval.ts';
import { intervalP } from './stats/interval-p.ts';
import { meanVariance } from './stats/mean-variance.ts';
import { pairedBootstrap } from './stats/paired-bootstrap.ts';
import { pairedT } from './stats/paired-t.ts';
import { studentTail } from './stats/student-t.ts';

/** A difference of two arms, before anybody has chosen a level or a limit. */
export interface Contrast {
  readonly value: number;
  readonly n: number;
  readonly method: Difference['method'];
  /** Nothing was left to chance: the value is the whole answer, and no interval is claimed. */
  readonly exact: boolean;
  intervalAt(level: number): { readonly low: number; readonly high: number };
  /** Two-sided p of a value: at most α exactly where the interval of level 1 − α excludes it. */
  pOf(value: number): number;
  /** The paired differences behind it, where it is a mean of such. */
  readonly differences: readonly number[] | null;
  /** What else this kind of comparison says. */
  readonly detail: Omit<Difference, 'estimate' | 'method' | 'p' | 'q'>;
}

export type ContrastDetail = Contrast['detail'];

/** How one kind of metric is summed up and compared. */
export interface Method {
  summarise(arm: Arm): Summary | null;
  contrast(pairing: Pairing): Contrast | null;
}

/** One value and nothing beside it. */
export function exactContrast(value: number, n: number, detail: ContrastDetail = {}): Contrast {
  return {
    ...{ value, n, method: 'exact', exact: true, differences: null, detail },
    intervalAt: () => ({ low: value, high: value }),
    pOf: (other) => (other === value ? 1 : 0),
  };
}

/** The mean of paired differences by Student's t; exact where they are all the same. */
export function studentContrast(
  differences: readonly number[],
  method: 'paired-t' | 'restricted-mean',
  detail: ContrastDetail,
): Contrast {
  const { n, mean, variance } = meanVariance(differences);
  const { exact, value } = pairedT(differences, 0.5);
  if (exact === true) {
    const alike = exactContrast(value, n, detail);
    return method === 'paired-t' ? alike : { ...alike, method };
  }
  const error = Math.sqrt(variance / n);
  return {
    ...{ value: mean, n, method, exact: false, differences, detail },
    intervalAt: (level) => pairedT(differences, level),
    pOf: (other) => 2 * studentTail(Math.abs(mean - other) / error, n - 1),
  };
}

/** The same by resampling the pairs, for values whose tail is long. */
export function bootstrapContrast(
  differences: readonly number[],
  label: string,
  detail: ContrastDetail,
): Contrast {
  const found = pairedBootstrap(differences, label);
  const intervalAt = (level: number) => bcaInterval(found, level);
  return {
    ...{ value: found.value, n: differences.length, method: 'bootstrap' },
    ...{ exact: false, differences, detail, intervalAt },
    pOf: (other) => intervalP(intervalAt, other),
  };
}

/** As it is written down, at one level. */
export function differenceOf(contrast: Contrast, level: number): Difference {
  const { value, n, method, exact, detail } = contrast;
  const { low, high } = contrast.intervalAt(level);
  const estimate: Estimate = { value, low, high, n, ...(exact ? { exact } : {}) };
  return { estimate, method, ...detail, ...(exact ? {} : { p: contrast.pOf(0) }) };
}
