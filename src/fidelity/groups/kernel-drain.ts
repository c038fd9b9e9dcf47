import { RandomStreams } from '../../engine/random-streams.ts';
import { DEFAULT_COSTS } from '../../model/costs.ts';
import { Machine } from '../../model/machine.ts';
import type { MachineReadings } from '../../model/machine-readings.ts';
import { SLOW_COSTS, SLOWER } from '../emulated-cpu.ts';
import type { FidelityGroup, Setting } from '../fidelity-group.ts';
import type { Laboratory } from '../laboratory.ts';
import { exact, inShare, inSpread, medianOf, type Quantity } from '../quantity.ts';

type Spread = readonly [least: number, median: number, most: number];

interface MeasuredDrains extends Readonly<Record<(typeof COUNTERS)[number], Spread>> {
  readonly kernel: string;
  readonly variant: string;
  /** kmemleak was alive when the drain began. */
  readonly alive: boolean;
  /** Time between two allocations, where the driver kept a pace; 0: as fast as it could. */
  readonly paceNs: number;
  readonly runs: number;
  /** Runs in which kmemleak died. The counters are those of the others. */
  readonly deaths: number;
  readonly starts: readonly DrainStart[];
}

interface DrainStart {
  readonly DMA: number;
  readonly DMA32: number;
  readonly pcp: number;
  readonly boost: number;
  readonly nsPerAttempt: number;
}

interface Begin {
  readonly start: DrainStart;
  readonly seed: number;
}

const MEASURED = 'pressure/measured-kernel-drains.json';
const ATTEMPTS = 330_000;
const LATE_WAKE_NS = 4_000_000;
const COUNTERS = [
  'pgscan_kswapd',
  'pgsteal_kswapd',
  'pgscan_direct',
  'pgsteal_direct',
  'allocstall_normal',
] as const;
/** Of the measured median; what lies inside the measured spread is right as well. */
const SHARE = 0.1;
/** Masks that differ only where faults are injected. */
const QUIET = ['quiet-2011', 'rfc-nowait', 'knob-task'];

/**
 * 330 000 × kmalloc(256, GFP_KERNEL) with the page cache full, 256 MiB, two CPUs, started from the
 * measured states. The kernels ran on an emulated CPU: each run's time per allocation is its input,
 * and a halted CPU comes late. One table of costs holds for all settings.
 */
const group: FidelityGroup = {
  name: 'kernel-drain',
  summary: 'GFP_KERNEL drains with a full page cache, 2 CPUs',
  heldTo: ['pages scanned and reclaimed by kswapd and directly', 'stalls', 'deaths'],
  unit: 'settings',
  agreement:
    'inside the measured spread, or within 10 % of the median; deaths inside the 95 % interval',
  measurements: [MEASURED, 'pressure/qemu-256M-4.17', 'pressure/qemu-256M-6.1'],
  settings: (laboratory) => {
    const all = laboratory.list<MeasuredDrains>(MEASURED);
    return [...all.map((drains) => settingOf(drains, laboratory)), masksAlike(all, laboratory)];
  },
};

export default group;

function settingOf(drains: MeasuredDrains, laboratory: Laboratory): Setting {
  const { kernel, variant, alive, paceNs } = drains;
  const pace = paceNs === 0 ? 'as fast as it can' : `every ${paceNs / 1000} us`;
  return {
    kernel,
    name: `${variant}, kmemleak ${alive ? 'alive' : 'dead'}, ${pace}`,
    quantities: () => quantities(drains, laboratory),
  };
}

function quantities(drains: MeasuredDrains, laboratory: Laboratory): Quantity[] {
  // Where some die, a share of a few runs says little.
  const seeds = drains.deaths > 0 ? [0, 100] : [0];
  const runs = seeds.flatMap((seed) =>
    drains.starts.map((start, i) =>
      run(drains, drains.variant, { start, seed: seed + i + 1 }, laboratory),
    ),
  );
  const survivors = runs.filter(({ death }) => death === null);
  const deaths = { hits: runs.length - survivors.length, of: runs.length };
  const measured = { hits: drains.deaths, of: drains.runs };
  const lived = { share: SHARE, runs: drains.runs - drains.deaths };
  return [
    ...COUNTERS.map((counter) => {
      const simulated = medianOf(survivors.map(({ vmstat }) => vmstat[counter]!));
      return inSpread(counter, drains[counter], simulated, lived);
    }),
    inShare('share of deaths', measured, deaths),
    exact('runs with pageoutrun', runs.length, runs.filter(isReclaimed).length, drains.runs),
    exact('runs without a refusal', runs.length, runs.filter(isServed).length, drains.runs),
  ];
}

function isReclaimed({ vmstat }: MachineReadings): boolean {
  return vmstat['pageoutrun']! > 0;
}

function isServed({ hostFailures, end }: MachineReadings): boolean {
  return hostFailures === 0 && end === 'finished';
}

function masksAlike(all: readonly MeasuredDrains[], laboratory: Laboratory): Setting {
  return {
    kernel: '6.1',
    name: `${QUIET.join(', ')}: one and the same`,
    pooled: true,
    quantities: () => {
      const drains = all.find(({ kernel, alive }) => kernel === '6.1' && alive)!;
      const begin = { start: drains.starts[1]!, seed: 1 };
      const ends = QUIET.map((variant) => {
        const { vmstat, death } = run(drains, variant, begin, laboratory);
        return JSON.stringify([vmstat, death]);
      });
      const same = ends.filter((end) => end === ends[0]).length;
      return [exact('masks that end alike', QUIET.length, same)];
    },
  };
}

function run(
  drains: MeasuredDrains,
  variant: string,
  begin: Begin,
  laboratory: Laboratory,
): MachineReadings {
  const { alive } = drains;
  const { config, tasks } = laboratory.resolve(scenarioOf(drains, variant, begin.start));
  const last = config.zones.length - 1;
  const { boost } = begin.start;
  const machine = new Machine(
    {
      ...config,
      zones: config.zones.map((zone, i) => ({ ...zone, boost: i === last ? boost : 0 })),
      costs: SLOW_COSTS,
      lateWakeNs: LATE_WAKE_NS,
      kmemleak: { ...config.kmemleak, enabled: alive },
    },
    tasks,
    new RandomStreams(`drain ${begin.seed}`, 0),
  );
  machine.run(Number.POSITIVE_INFINITY);
  machine.assertConservation();
  return machine.readings();
}

function scenarioOf(drains: MeasuredDrains, variant: string, start: DrainStart): string {
  const { kernel, alive, paceNs } = drains;
  const { DMA, DMA32, pcp, nsPerAttempt } = start;
  const own = (alive ? DEFAULT_COSTS.kmemleakInsertNs + 60 : 33) * SLOWER;
  const think = Math.max(0, (paceNs === 0 ? nsPerAttempt : paceNs) - own);
  return `
question: Who reclaims?
kernel: "${kernel}"
machine:
  procfs: pressure/qemu-256M-${kernel}
  pageblock-order: 10
  slab: none
  free: { DMA: ${DMA}, DMA32: ${DMA32} }
  pcp: ${Math.min(pcp, 160)}
kmemleak: { pool-free: 0 }
load:
  - workload: drain
    params:
      size: 256
      gfp: GFP_KERNEL
      interrupts: on
      attempts: ${ATTEMPTS}
      stop-on-failure: N
      think: ${think}ns
variants: [${variant}]
`;
}
