import { RandomStreams } from '../../engine/random-streams.ts';
import type { MachineReadings } from '../../model/machine-readings.ts';
import { SLOW_COSTS } from '../emulated-cpu.ts';
import type { FidelityGroup, Setting } from '../fidelity-group.ts';
import { HOST_SLICE_NS, HostedMachine } from '../hosted-machine.ts';
import type { Laboratory, Row } from '../laboratory.ts';
import { commonShare, exact, inSpread, medianOf, type Quantity } from '../quantity.ts';

interface Case {
  readonly kernel: string;
  readonly swap: boolean;
  readonly pool: boolean;
}

interface Start extends Case {
  readonly variant: string;
  readonly seed: number;
  readonly DMA: number;
  readonly DMA32: number;
  readonly resident: number;
  readonly hogStartMs: number;
  readonly nsPerTouch: number;
  readonly diskPageUs: number;
  readonly graceMs: number;
  readonly kmemleakOn: boolean;
  readonly died: boolean;
}

const COUNTERS = 'pressure/measured-user-hogs.csv';
const STARTS = 'pressure/measured-user-hog-starts.csv';
/** How many of the measured starts are simulated. */
const CASES: readonly (Case & { readonly count: number })[] = [
  { kernel: '4.17', swap: false, pool: false, count: 5 },
  { kernel: '4.17', swap: true, pool: false, count: 8 },
  { kernel: '6.1', swap: false, pool: false, count: 3 },
  { kernel: '6.1', swap: false, pool: true, count: 2 },
  { kernel: '6.1', swap: true, pool: false, count: 4 },
  { kernel: '6.1', swap: true, pool: true, count: 2 },
];
/** What the measurements call what the kernel has no counter of. */
const NAMES: Readonly<Record<string, string>> = {
  hogKb: 'size at the kill, kB',
  freeMin: 'lowest nr_free_pages',
};
const LATE_WAKE_NS = 4_000_000;
const SAMPLE_NS = 100_000_000;
const HORIZON_NS = 120e9;
/** What the 4100 live objects of the run before leave in slabs that others keep. */
const FREE_METADATA = 4096;
const KSWAPD_GAVE_UP = 16;
const PAGE_KIB = 4;
/** Of the measured median; what lies inside the measured spread is right as well. */
const SHARE = 0.25;
const TOUCH_NS = SLOW_COSTS.faultNs + SLOW_COSTS.pageNs;

/**
 * A user process eats 256 MiB up to its OOM kill beside a churn of kernel objects, two CPUs, with
 * and without 96 MiB of swap. Started from the measured states; the medians stand against those of
 * all masks that were measured, since reclaim does not tell them apart.
 *
 * The kernels ran on an emulated CPU whose host was busy: the time of a touch, of a page on its way
 * to the disk (the time in which any was, by the pages that went), and how late freed metadata
 * comes back at least, are inputs of each run. What a touch took beyond an emulated one is the
 * host's, which takes the CPUs away.
 */
const group: FidelityGroup = {
  name: 'user-hog',
  summary: 'a process that eats all memory, with and without swap, beside a churn, 2 CPUs',
  heldTo: [
    'pages scanned, reclaimed and swapped',
    'stalls',
    'lowest free pages',
    'size at the kill',
    'deaths',
    'order of events',
  ],
  unit: 'settings',
  agreement:
    'inside the measured spread, or within 25 % of the median; deaths inside the 95 % interval',
  measurements: [COUNTERS, STARTS, 'pressure/qemu-256M-4.17', 'pressure/qemu-256M-6.1'],
  settings: (laboratory) => CASES.map((which) => settingOf(which, laboratory)),
};

export default group;

function settingOf(which: (typeof CASES)[number], laboratory: Laboratory): Setting {
  const { kernel, swap, pool } = which;
  return {
    kernel,
    name: `${swap ? 'swap' : 'no swap'}, ${pool ? 'pool' : 'no pool'}`,
    quantities: () => {
      const starts = laboratory.rows(STARTS).map(startOf).filter(isOf(which));
      const chosen = spread(starts, which.count);
      const runs = chosen.map((start) => run(start, laboratory));
      const counters = laboratory.rows(COUNTERS).filter((row) => isOf(which)(caseOf(row)));
      return [
        ...counters.map((row) => counter(row, runs, starts.length)),
        ...ordered(runs, which),
        deaths(starts, chosen, runs),
      ];
    },
  };
}

function counter(row: Row, runs: readonly MachineReadings[], measured: number): Quantity {
  const { counter = '', least, median, most } = row;
  const simulated = medianOf(runs.map((readings) => counterOf(readings, counter)));
  const told = [Number(least), Number(median), Number(most)] as const;
  return inSpread(NAMES[counter] ?? counter, told, simulated, { share: SHARE, runs: measured });
}

function counterOf({ vmstat, oomVictimPages, series }: MachineReadings, counter: string): number {
  if (counter === 'allocstall') return vmstat['allocstall_movable']! + vmstat['allocstall_normal']!;
  if (counter === 'hogKb') return (oomVictimPages ?? Number.NaN) * PAGE_KIB;
  if (counter !== 'freeMin') return vmstat[counter] ?? Number.NaN;
  const { names, rows, values } = series!;
  let least = Number.POSITIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    const at = row * names.length;
    const free =
      values[at + names.indexOf('free_dma')]! + values[at + names.indexOf('free_dma32')]!;
    least = Math.min(least, free);
  }
  return least;
}

/** kswapd comes first, then the stalls, then the kill. */
function ordered(runs: readonly MachineReadings[], { swap, pool }: Case): Quantity[] {
  const all = runs.length;
  const among = (name: string, isSo: (readings: MachineReadings) => boolean) =>
    exact(name, all, runs.filter(isSo).length, all);
  return [
    among(`${swap ? 'some' : 'no'} pgscan_kswapd`, ({ vmstat }) => {
      return vmstat['pgscan_kswapd']! > 0 === swap;
    }),
    among('one oom_kill', ({ vmstat }) => vmstat['oom_kill'] === 1),
    among('stalls before the kill', (one) => isBefore(one, STALLS, ['oom_kill'])),
    // Where the pool was measured, kswapd may have given up in the run before.
    ...(pool
      ? []
      : [
          among('kswapd_wake', ({ vmstat }) => vmstat['kswapd_wake']! > 0),
          among('kswapd before stalls', (one) => isBefore(one, ['kswapd_wake'], STALLS)),
        ]),
  ];
}

const STALLS = ['allocstall_movable', 'allocstall_normal'];

/** In no sample has the later thing happened and not the former. */
function isBefore(
  { series }: MachineReadings,
  former: readonly string[],
  later: readonly string[],
): boolean {
  const { names, rows, values } = series!;
  const has = (counters: readonly string[], row: number) =>
    counters.some((name) => values[row * names.length + names.indexOf(name)]! > 0);
  return Array.from({ length: rows }, (_, row) => row).every(
    (row) => !has(later, row) || has(former, row),
  );
}

function deaths(
  starts: readonly Start[],
  chosen: readonly Start[],
  runs: readonly MachineReadings[],
): Quantity {
  const measured = starts.filter(({ kmemleakOn }) => kmemleakOn);
  const tracked = runs.filter((_, i) => chosen[i]!.kmemleakOn);
  return commonShare(
    'share of deaths',
    { hits: measured.filter(({ died }) => died).length, of: measured.length },
    { hits: tracked.filter(({ death }) => death !== null).length, of: tracked.length },
  );
}

function run(start: Start, laboratory: Laboratory): MachineReadings {
  const { kernel, swap, pool, seed, nsPerTouch } = start;
  const { config, tasks } = laboratory.resolve(scenarioOf(start));
  Object.assign(tasks[0]!.source, { background: true });
  const machine = new HostedMachine(
    {
      ...config,
      slabs: swap || pool ? [metadataOf(kernel)] : [],
      costs: SLOW_COSTS,
      lateWakeNs: LATE_WAKE_NS,
      samplePeriodNs: SAMPLE_NS,
      kmemleak: { ...config.kmemleak, enabled: start.kmemleakOn },
    },
    tasks,
    {
      awayNs: (HOST_SLICE_NS * Math.max(0, nsPerTouch - TOUCH_NS)) / TOUCH_NS,
      streams: new RandomStreams(`hog ${seed}`, 0),
    },
  );
  // Without swap kswapd had given up for good before the second run of its boot.
  if (pool && !swap) machine.parts.reclaim.node.kswapdFailures = KSWAPD_GAVE_UP;
  machine.run(HORIZON_NS);
  machine.assertConservation();
  return machine.readings();
}

function scenarioOf(start: Start): string {
  const { kernel, DMA, DMA32, resident, swap, pool, seed, graceMs, variant } = start;
  const kibPerSecond = Math.round((PAGE_KIB * 1e6) / start.diskPageUs);
  const disk = `latency: 100us, bandwidth: ${kibPerSecond}KiB, queue-depth: 1024`;
  return `
question: How far does it get?
kernel: "${kernel}"
machine:
  procfs: pressure/qemu-256M-${kernel}
  pageblock-order: 10
  base-small: Y
  page-cache: 0
  slab: none
  pcp: 120
  free: { DMA: ${DMA}, DMA32: ${DMA32} }
  ${swap ? `swap: { size: 98300kB, ${disk} }` : ''}
  processes:
    - { name: boot, resident: ${resident}, oom-score-adj: -1000 }
kmemleak: { pool-free: ${pool ? 15846 : 0}, grace-period: ${graceMs}ms }
load:
  - workload: churn
    params: { slots: 8192, attempts: 10000000, rate: 20000, think: 0ns, seed: ${seed} }
  - workload: hog
    params: { start: ${start.hogStartMs}ms, think: 0ns }
variants: [${pool ? 'pool-5.4' : variant}]
`;
}

/** The cache of metadata with what earlier objects left free in it. */
function metadataOf(kernel: string) {
  const [objectSize, objectsPerSlab] = kernel === '4.17' ? [304, 13] : [176, 23];
  const slabs = 1000;
  const activeObjects = slabs * objectsPerSlab - FREE_METADATA;
  const name = 'kmemleak_object';
  return { name, objectSize, order: 0, objectsPerSlab, slabs, activeObjects, cpuFreeObjects: [0] };
}

/** So many starts, from the quickest touches to the slowest, of masks that reclaim alike. */
function spread(starts: readonly Start[], count: number): Start[] {
  const tracked = starts.filter(({ kmemleakOn }) => kmemleakOn);
  const byPace = tracked.sort((a, b) => a.nsPerTouch - b.nsPerTouch);
  const step = byPace.length / count;
  return Array.from({ length: count }, (_, i) => byPace[Math.floor((i + 0.5) * step)]!);
}

function isOf(which: Case): (one: Case) => boolean {
  return ({ kernel, swap, pool }) =>
    kernel === which.kernel && swap === which.swap && pool === which.pool;
}

function caseOf(row: Row): Case {
  return { kernel: row['kernel']!, swap: row['swap'] === 'yes', pool: row['pool'] === 'yes' };
}

function startOf(row: Row): Start {
  const count = (name: string): number => Number(row[name]);
  return {
    ...caseOf(row),
    variant: row['variant']!,
    seed: count('seed'),
    DMA: count('DMA'),
    DMA32: count('DMA32'),
    resident: count('resident'),
    hogStartMs: count('hogStartMs'),
    nsPerTouch: count('nsPerTouch'),
    diskPageUs: count('diskPageUs'),
    graceMs: count('graceMs'),
    kmemleakOn: row['kmemleak'] === 'on',
    died: row['died'] === 'yes',
  };
}
