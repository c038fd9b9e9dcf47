import { type Arm, LEVEL, type MeanSummary, type Pairing } from './compare-types.ts';
import {
  bootstrapContrast,
  type Contrast,
  type ContrastDetail,
  type Method,
  studentContrast,
} from './contrast.ts';
import { cliffsDelta } from './stats/cliffs-delta.ts';
import { meanVariance } from './stats/mean-variance.ts';
import { pairedT } from './stats/paired-t.ts';
import { quantile } from './stats/quantile.ts';
import { varianceReduction } from './stats/variance-reduction.ts';

/** With fewer pairs a bootstrap resamples too little to know the tail; Student's t assumes it. */
const BOOTSTRAP_PAIRS = 10;

/** Counts, pages, times: means with Student's interval, differences taken pair by pair. */
export const compareMeans: Method = { summarise, contrast };

function summarise(arm: Arm): MeanSummary | null {
  const values = [...arm.values.values()].flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return {
    kind: 'mean',
    estimate: pairedT(values, LEVEL),
    deviation: Math.sqrt(meanVariance(values).variance),
    min: sorted[0]!,
    median: quantile(sorted, 0.5),
    max: sorted.at(-1)!,
  };
}

function contrast({ variant, baseline, scale, tail }: Pairing): Contrast | null {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (const [replication, { value }] of variant.values) {
    const partner = baseline.values.get(replication)?.value ?? null;
    if (value === null || partner === null) continue;
    ours.push(value);
    theirs.push(partner * scale);
  }
  if (ours.length === 0) return null;
  const differences = ours.map((value, i) => value - theirs[i]!);
  const student = studentContrast(differences, 'paired-t', {});
  if (student.exact) return student;
  const detail = effect(ours, theirs);
  if (!tail || differences.length < BOOTSTRAP_PAIRS) return { ...student, detail };
  const label = `${variant.metric} ${variant.variant} ${baseline.variant}`;
  return bootstrapContrast(differences, label, detail);
}

/** How large it is beside the spread, and what pairing has gained. */
function effect(ours: readonly number[], theirs: readonly number[]): ContrastDetail {
  const { factor, correlation } = varianceReduction(ours, theirs);
  return { cliffsDelta: cliffsDelta(ours, theirs), varianceReduction: factor, correlation };
}
