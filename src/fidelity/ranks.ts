import type { Setting } from './fidelity-group.ts';
import { exact, type Quantity } from './quantity.ts';

// Which mask is better than which? Of any two masks in one setting, who keeps kmemleak alive and
// who has fewer faults on metadata, as measured and as simulated. Two counts tie where their
// difference is within the scatter of dice.

interface Outcome {
  readonly alive: number;
  readonly injected: number;
}

/** One measured run, and the same made here when it is asked for. */
export interface RankedRun {
  readonly kernel: string;
  /** What runs have in common that are compared. */
  readonly setting: string;
  readonly variant: string;
  readonly measured: Outcome;
  readonly simulated: () => Outcome;
}

/** Standard deviations. */
const Z = 3.3;
const METRICS = ['alive', 'injected'] as const;
const RANKS: Readonly<Record<string, string>> = { '-1': 'less', '0': 'equal', '1': 'more' };

/** A setting for each of the runs', with every two of its masks. */
export function rankSettings(runs: readonly RankedRun[]): Setting[] {
  return groupedBy(runs, ({ setting }) => setting).map(([name, these]) => ({
    kernel: these[0]!.kernel,
    name: `ranks, ${name}`,
    pooled: true,
    quantities: () => ranksOf(these),
  }));
}

function ranksOf(runs: readonly RankedRun[]): Quantity[] {
  const byMask = groupedBy(runs, ({ variant }) => variant);
  return byMask.flatMap(([one, ones], i) =>
    byMask.slice(i + 1).flatMap(([two, twos]) =>
      METRICS.map((metric) => {
        const measured = (all: readonly RankedRun[]) => all.map((run) => run.measured[metric]);
        const simulated = (all: readonly RankedRun[]) => all.map((run) => run.simulated()[metric]);
        const isShare = metric === 'alive';
        return exact(
          `${metric}: ${one} to ${two}`,
          rank(measured(ones), measured(twos), isShare),
          rank(simulated(ones), simulated(twos), isShare),
          ones.length,
        );
      }),
    ),
  );
}

/** Shares of two or three runs are told apart where all stand against none. */
function rank(one: readonly number[], two: readonly number[], isShare: boolean): string {
  const [a, b] = [sum(one), sum(two)];
  const scatter = isShare ? one.length - 0.5 : Z * Math.sqrt(a + b + 1);
  return RANKS[Math.abs(a - b) > scatter ? Math.sign(a - b) : 0]!;
}

/** In the order in which the names come first. */
function groupedBy(
  runs: readonly RankedRun[],
  nameOf: (run: RankedRun) => string,
): [name: string, runs: RankedRun[]][] {
  const groups = new Map<string, RankedRun[]>();
  for (const run of runs) groups.set(nameOf(run), [...(groups.get(nameOf(run)) ?? []), run]);
  return [...groups];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
