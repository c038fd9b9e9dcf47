import { counted } from '../../base/counted.ts';
import { parsePercent } from '../../base/units.ts';
import { UserError } from '../../base/user-error.ts';
import type { MetricDeclaration } from '../../experiment/compare.ts';
import { compareRuns } from '../../experiment/compare.ts';
import { impreciseValues } from '../../experiment/precision.ts';
import { FIRST_LOOK, nextLook } from '../../experiment/stats/relative-precision.ts';
import { keyMetrics } from '../../report/key-metrics.ts';
import { locate } from '../../scenario/load-places.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Batch, type MadeBatch, resultsOf } from './batch.ts';
import { makeBatch } from './make-batch.ts';

export interface PreciseInput {
  readonly scenarios: readonly Scenario[];
  /** γ: the half width that is wanted, as a share of the value. */
  readonly gamma: number;
  readonly most: number;
  batchOf(scenarios: readonly Scenario[]): Batch;
}

/**
 * Adds runs until every key metric of every variant is known to the precision asked for, or there
 * are as many as are allowed. It looks only when planned numbers of runs are there; each scenario
 * stops by itself. Former runs are stored, so that a look costs only the new ones.
 */
export async function makePrecise(input: PreciseInput, terminal: Terminal): Promise<MadeBatch> {
  const { gamma, most, batchOf } = input;
  let scenarios = input.scenarios.map((one) => ({
    ...one,
    replications: Math.min(FIRST_LOOK, most),
  }));
  for (;;) {
    const batch = batchOf(scenarios);
    await makeBatch(batch, terminal);
    const wanting = scenarios.map((_, index) => wantingIn(batch, index, { gamma, terminal }));
    const goOn = scenarios.map((one, i) => wanting[i]!.length > 0 && one.replications < most);
    if (!goOn.includes(true)) {
      const unreached = scenarios.flatMap(({ name, replications }, i) => {
        if (wanting[i]!.length === 0) return [];
        const shown = wanting[i]!.slice(0, 3).join(', ');
        const more = wanting[i]!.length > 3 ? ` and ${wanting[i]!.length - 3} more` : '';
        const runs = counted(replications, 'run');
        return [`${name}: not within ${100 * gamma} % after ${runs}: ${shown}${more}`];
      });
      return { batch, unreached };
    }
    scenarios = scenarios.map((one, i) => {
      return goOn[i] ? { ...one, replications: nextLook(one.replications, most) } : one;
    });
  }
}

/** A share from 0 to 1; a bare 0.05 is one already, and would be read as 0.05 %. */
export function precisionOf(written: string): number {
  if (/^\s*0*\.?\d*\s*$/.test(written) && Number(written) < 1) {
    throw new UserError(`--precision '${written.slice(0, 40)}' has no unit`, { expected: '5%' });
  }
  const gamma = locate({ file: '--precision' }, () => parsePercent(written)) / 100;
  if (gamma === 0) throw new UserError('--precision 0% is never reached', { expected: 'say 5%' });
  return gamma;
}

interface Look {
  readonly gamma: number;
  readonly terminal: Terminal;
}

function wantingIn(batch: Batch, index: number, { gamma, terminal }: Look): string[] {
  const { variants, metrics: asked } = batch.plan.scenarios[index]!;
  const results = [...resultsOf(batch, index, terminal)].map(([, result]) => result);
  const all: readonly MetricDeclaration[] = batch.catalogs.metrics.all();
  const baseline = variants[0]!;
  const names = keyMetrics(asked, all, compareRuns(results, all, baseline));
  const key = names.map((name) => all.find((metric) => metric.name === name)!);
  return impreciseValues(results, key, { baseline, gamma });
}
