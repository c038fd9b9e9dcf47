import type { MachineReadings, Moment } from '../../model/machine-readings.ts';
import type { FidelityGroup, Setting } from '../fidelity-group.ts';
import type { Laboratory } from '../laboratory.ts';
import { type Bounds, exact, inRange, NEVER, type Quantity } from '../quantity.ts';

interface Range {
  readonly index: Bounds | null;
  readonly DMA: Bounds | null;
  readonly DMA32: Bounds | null;
}

interface Start {
  readonly DMA: number;
  readonly DMA32: number;
  readonly pcp: number;
  readonly poolFree: number;
}

export interface MeasuredDrain {
  readonly kernel: string;
  readonly memory: string;
  readonly gfp: string;
  readonly size: number;
  readonly pool: number;
  readonly kmemleak: boolean;
  /** The boots with the fewest, the median and the most free pages. */
  readonly starts: readonly Start[];
  readonly runs: number;
  /** Runs in which no metadata allocation failed before the callers' own. */
  readonly survived: number;
  readonly metadata: Range;
  readonly host: Range;
  readonly highatomic: Pick<Range, 'DMA' | 'DMA32'>;
  readonly boost: Pick<Range, 'DMA' | 'DMA32'>;
  readonly variants: readonly string[];
}

const MEASURED = 'drain/measured-drains.json';
const MACHINES: Readonly<Record<string, string>> = {
  '4.17/128M': 'machines/qemu-128M-4.17',
  '6.1/128M': 'drain/qemu-128M-6.1',
  '6.1/512M': 'drain/qemu-512M-6.1',
};

/** How far outside the measured range an index may lie, as a share of it. */
const INDEX_SLACK = 0.001;
/**
 * Pages outside the range of nine in ten runs: a few boots ended with a whole block of highatomic
 * pages left over, and a model that always did so would be wrong.
 */
const PAGES_SLACK = 5;

/** Nothing to reclaim, interrupts off: the same request until a caller is refused. */
const group: FidelityGroup = {
  name: 'drain',
  summary: 'drains with nothing to reclaim, one CPU that nobody else gets',
  heldTo: [
    "index of the first metadata failure, of kmemleak's death and of the first caller's failure",
    'free pages of each zone there',
    'boost and highatomic pages at the end',
  ],
  unit: 'starts',
  agreement: 'index within 0.1 %, free pages within 5 of the measured range; the others exact',
  measurements: [MEASURED, 'drain/qemu-128M-6.1', 'drain/qemu-512M-6.1'],
  settings: (laboratory) =>
    measuredDrains(laboratory).flatMap((drain) => startsOf(drain, laboratory)),
};

export default group;

export function measuredDrains(laboratory: Laboratory): readonly MeasuredDrain[] {
  return laboratory.list(MEASURED);
}

function startsOf(drain: MeasuredDrain, laboratory: Laboratory): Setting[] {
  const { kernel, memory, gfp, size, starts } = drain;
  const pool = drain.pool === 1 ? ', pool' : '';
  const tracked = drain.kmemleak ? '' : ', kmemleak off';
  return starts.map((start, i) => ({
    kernel,
    name: `${memory} ${gfp} ${size} bytes${pool}${tracked}, boot ${i + 1} (${start.DMA32} free)`,
    quantities: () => {
      const from = `procfs: ${MACHINES[`${kernel}/${memory}`]!}`;
      const run = (variant: string) => runDrain(drain, { from, start, variant }, laboratory);
      const readings = run(drain.variants[0]!);
      const isMedian = start === starts[starts.length >> 1];
      return [
        ...moments(readings, drain),
        ...zonesAtEnd(readings.last, drain),
        ...(isMedian ? [masksAlike(readings, othersOf(drain), run)] : []),
      ];
    },
  }));
}

/** The largest machine takes the longest, and shows no other mask than the smaller ones. */
function othersOf({ memory, variants }: MeasuredDrain): readonly string[] {
  return variants.slice(1, memory === '512M' ? 2 : undefined);
}

/** @param how `from`: what makes the machine; without `start`, it is as after boot */
export function runDrain(
  drain: MeasuredDrain,
  how: { readonly from: string; readonly start?: Start; readonly variant: string },
  laboratory: Laboratory,
): MachineReadings {
  const { start, variant } = how;
  const state =
    start === undefined
      ? ''
      : `, free: { DMA: ${start.DMA}, DMA32: ${start.DMA32} }, pcp: ${start.pcp}`;
  // The measured switch put the pool behind any mask.
  const pool = drain.pool === 1 ? ', pool: 16000' : '';
  return laboratory.run(`
question: Where does the drain end?
kernel: "${drain.kernel}"
machine: { ${how.from}${state} }
kmemleak: { enabled: ${drain.kmemleak ? 'Y' : 'N'}, pool-free: ${start?.poolFree ?? 0}${pool} }
load:
  - workload: drain
    params: { size: ${drain.size}, gfp: ${drain.gfp}, interrupts: off }
variants: [${variant}]
`);
}

/** What failed first, when, and what was free then. */
export function moments(readings: MachineReadings, drain: MeasuredDrain): Quantity[] {
  const { firstMetadataFailure, firstHostFailure, death } = readings;
  const { metadata, host, runs, survived, pool } = drain;
  // Dead exactly when a metadata failure found no pool.
  const died = firstMetadataFailure !== null && pool === 0 ? firstMetadataFailure.index : NEVER;
  const isNever = firstMetadataFailure === null && survived > 0;
  return [
    ...(isNever
      ? [exact('metadata failure, index', NEVER, NEVER, survived)]
      : atMoment('metadata', firstMetadataFailure, { range: metadata, runs })),
    ...atMoment('caller', firstHostFailure, { range: host, runs }),
    exact('kmemleak death, index', died, death?.index ?? NEVER, runs),
  ];
}

function atMoment(
  who: string,
  moment: Moment | null,
  { range, runs }: { readonly range: Range; readonly runs: number },
): Quantity[] {
  const { index } = range;
  if (index === null) return [exact(`${who} failure, index`, NEVER, moment?.index ?? NEVER, runs)];
  const slack: Bounds = [index[0] * INDEX_SLACK, index[1] * INDEX_SLACK];
  return [
    inRange(`${who} failure, index`, index, moment?.index ?? Number.NaN, { slack, runs }),
    ...(['DMA', 'DMA32'] as const).map((name) => {
      const free = moment?.zones.find((zone) => zone.name === name)?.free ?? Number.NaN;
      const pages = { slack: [PAGES_SLACK, PAGES_SLACK] as const, runs };
      return inRange(`${who} failure, free ${name}`, range[name]!, free, pages);
    }),
  ];
}

function zonesAtEnd(last: Moment, { boost, highatomic, runs }: MeasuredDrain): Quantity[] {
  return last.zones.flatMap((zone) => {
    const name = zone.name as 'DMA' | 'DMA32';
    const reserved = highatomic[name] ?? [];
    const told = reserved.find((pages) => pages === zone.highatomic) ?? reserved.join(' or ');
    return [
      exact(`boost ${name} at the end`, boost[name]?.[0] ?? 'none', zone.boost, runs),
      exact(`nr_reserved_highatomic ${name}`, told, zone.highatomic, runs),
    ];
  });
}

/** Masks that differ where nobody looks end at one request, with one and the same memory. */
function masksAlike(
  first: MachineReadings,
  others: readonly string[],
  run: (variant: string) => MachineReadings,
): Quantity {
  const told = JSON.stringify(ends(first));
  const same = others.filter((variant) => JSON.stringify(ends(run(variant))) === told);
  return exact('masks that end alike', 1 + others.length, 1 + same.length);
}

function ends({ firstHostFailure, firstMetadataFailure, death }: MachineReadings) {
  return { firstHostFailure, firstMetadataFailure, death };
}
