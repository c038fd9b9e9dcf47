import { RandomStreams } from '../../engine/random-streams.ts';
import { Machine } from '../../model/machine.ts';
import type { MachineReadings } from '../../model/machine-readings.ts';
import type { FidelityGroup } from '../fidelity-group.ts';
import type { Laboratory } from '../laboratory.ts';
import { type Bounds, exact, inRange, medianOf, type Quantity } from '../quantity.ts';

interface MeasuredDrain {
  readonly gfp: string;
  readonly size: number;
  readonly variant: string;
  readonly starts: readonly {
    readonly DMA: number;
    readonly DMA32: number;
    readonly pcp: number;
    readonly nsPerAttempt: number;
  }[];
  readonly index: readonly [least: number, median: number, most: number];
  /** Free pages at the first refusal of a caller. */
  readonly DMA: Bounds;
  readonly DMA32: Bounds;
}

const MEASURED = 'pressure/measured-drains-kswapd-alive.json';
const MACHINE = 'pressure/qemu-128M-6.1-2cpu';
const KERNEL = '6.1';
/** The kernel's own marks: the snapshot is of a boot with other page counts. */
const MARKS = [
  { watermarks: { min: 47, low: 58, high: 69 }, lowmemReserve: [0, 88, 88, 88] },
  { watermarks: { min: 277, low: 346, high: 415 }, lowmemReserve: [0, 0, 0, 0] },
];
const LATE_WAKE_NS = 4_000_000;
/** kswapd and the drain race for the last pages: both zones may end this much off the range. */
const PAGES_SLACK = 35;
const INDEX_SLACK = 0.02;

/**
 * Drains with interrupts on and a second CPU, so that kswapd takes every boost back: there is
 * nothing to reclaim, and yet GFP_NOWAIT gets down to the plain min, 1024 pages below where it
 * stops when kswapd cannot run.
 *
 * GFP_ATOMIC drains of 64 bytes are left out: those of the real kernel end while a dead kmemleak
 * is still being cleaned up, which takes no time here, so that its memory is there again.
 */
const group: FidelityGroup = {
  name: 'drain-kswapd-alive',
  summary: 'drains with nothing to reclaim, kswapd on a second CPU, 6.1',
  heldTo: [
    "index of the first caller's failure",
    'free pages of each zone there',
    'that kswapd ran and found nothing',
  ],
  unit: 'settings',
  agreement: 'median index within 2 %, free pages within 35 of the measured range',
  measurements: [MEASURED, MACHINE],
  settings: (laboratory) =>
    laboratory.list<MeasuredDrain>(MEASURED).map((drain) => ({
      kernel: KERNEL,
      name: `128M ${drain.gfp} ${drain.size} bytes, ${drain.variant}`,
      quantities: () => quantities(drain, laboratory),
    })),
};

export default group;

function quantities(drain: MeasuredDrain, laboratory: Laboratory): Quantity[] {
  const all = drain.starts.map((_, i) => run(drain, i, laboratory));
  const runs = all.length;
  const moments = all.map(({ firstHostFailure }) => firstHostFailure);
  const [least, , most] = drain.index;
  const slack: Bounds = [least * INDEX_SLACK, most * INDEX_SLACK];
  const index = medianAll(moments.map((moment) => moment?.index ?? Number.NaN));
  return [
    inRange('caller failure, index', [least, most], index, { slack, runs }),
    ...(['DMA', 'DMA32'] as const).map((name) => {
      const free = moments.map(
        (moment) => moment?.zones.find((zone) => zone.name === name)?.free ?? Number.NaN,
      );
      const pages = { slack: [PAGES_SLACK, PAGES_SLACK] as const, runs };
      return inRange(`caller failure, free ${name}`, drain[name], medianAll(free), pages);
    }),
    exact('runs with pageoutrun', runs, all.filter(hasWork).length, runs),
    exact('pgscan_kswapd', 0, Math.max(...all.map(({ vmstat }) => vmstat['pgscan_kswapd']!)), runs),
  ];
}

function hasWork({ vmstat }: MachineReadings): boolean {
  return vmstat['pageoutrun']! > 0;
}

/** What never came makes the median none. */
function medianAll(values: readonly number[]): number {
  return values.some(Number.isNaN) ? Number.NaN : medianOf(values);
}

function run(
  { gfp, size, variant, starts }: MeasuredDrain,
  i: number,
  laboratory: Laboratory,
): MachineReadings {
  const { DMA, DMA32, pcp, nsPerAttempt } = starts[i]!;
  const { config, tasks } = laboratory.resolve(`
question: Where does the drain end?
kernel: "${KERNEL}"
machine:
  procfs: ${MACHINE}
  slab: none
  free: { DMA: ${DMA}, DMA32: ${DMA32} }
  pcp: ${pcp}
kmemleak: { pool-free: 0 }
load:
  - workload: drain
    params: { size: ${size}, gfp: ${gfp}, interrupts: on, think: ${nsPerAttempt}ns }
variants: [${variant}]
`);
  const zones = config.zones.map((zone, z) => ({ ...zone, ...MARKS[z]!, boost: 0 }));
  const machine = new Machine(
    { ...config, zones, lateWakeNs: LATE_WAKE_NS },
    tasks,
    new RandomStreams(`drain ${i}`, 0),
  );
  machine.run(Number.POSITIVE_INFINITY);
  machine.assertConservation();
  return machine.readings();
}
