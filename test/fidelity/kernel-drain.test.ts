import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import { wilson } from '../../src/experiment/stats/wilson.ts';
import { DEFAULT_COSTS } from '../../src/model/costs.ts';
import { Machine } from '../../src/model/machine.ts';
import type { Costs } from '../../src/model/machine-config.ts';
import type { MachineReadings } from '../../src/model/machine-readings.ts';
import { resolveText } from './resolve-text.ts';

// Does reclaim do what the real kernels did? 330 000 × kmalloc(256, GFP_KERNEL) with the page cache
// full, 256 MiB, two CPUs, started from the measured states. The median of each counter lies
// within a quarter of the measured median or inside the measured spread.
//
// The kernels ran on an emulated CPU: each run's time per allocation is its input, every other
// step is taken to be as much slower than on bare metal as an allocation is, and a halted CPU comes
// late. One table holds for all cases.

type Spread = readonly [least: number, median: number, most: number];

interface MeasuredDrains {
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
  readonly pgscan_kswapd: Spread;
  readonly pgsteal_kswapd: Spread;
  readonly pgscan_direct: Spread;
  readonly pgsteal_direct: Spread;
  readonly allocstall_normal: Spread;
}

interface DrainStart {
  readonly DMA: number;
  readonly DMA32: number;
  readonly pcp: number;
  readonly boost: number;
  readonly nsPerAttempt: number;
}

const ATTEMPTS = 330_000;
const SLOWER = 8;
const LATE_WAKE_NS = 4_000_000;
const COUNTERS = [
  'pgscan_kswapd',
  'pgsteal_kswapd',
  'pgscan_direct',
  'pgsteal_direct',
  'allocstall_normal',
] as const;

const FIXTURES = resolve(import.meta.dirname, '../fixtures/pressure');
const DRAINS = JSON.parse(
  readFileSync(`${FIXTURES}/measured-kernel-drains.json`, 'utf8'),
) as readonly MeasuredDrains[];

const SLOW_COSTS = Object.fromEntries(
  Object.entries(DEFAULT_COSTS).map(([step, ns]) => [step, ns * SLOWER]),
) as { [step in keyof Costs]: number };

describe.each(DRAINS)('$kernel $variant, alive $alive, pace $paceNs ns', (drains) => {
  // Where some die, a share of a few runs says little.
  const seeds = drains.deaths > 0 ? [0, 100] : [0];
  const runs = seeds.flatMap((seed) =>
    drains.starts.map((start, i) => run(drains, drains.variant, { start, seed: seed + i + 1 })),
  );
  const survivors = runs.filter(({ death }) => death === null);

  test.each(COUNTERS)('%s', (counter) => {
    const [least, median, most] = drains[counter];
    const simulated = medianOf(survivors.map(({ vmstat }) => vmstat[counter]!));
    const slack = 0.25 * median;
    expect(simulated).toBeGreaterThanOrEqual(Math.min(least, median - slack));
    expect(simulated).toBeLessThanOrEqual(Math.max(most, median + slack));
  });

  test('kmemleak dies as often', () => {
    const { low, high } = wilson(drains.deaths, drains.runs, 0.95);
    const share = 1 - survivors.length / runs.length;
    expect(share).toBeGreaterThanOrEqual(low);
    expect(share).toBeLessThanOrEqual(high);
  });

  test('kswapd comes first, and everybody gets his memory', () => {
    for (const { vmstat, hostFailures, end } of runs) {
      expect(vmstat['pageoutrun']).toBeGreaterThan(0);
      expect([hostFailures, end]).toEqual([0, 'finished']);
    }
  });
});

test('masks that differ only where faults are injected behave the same', () => {
  const drains = DRAINS.find(({ kernel, alive }) => kernel === '6.1' && alive)!;
  const begin = { start: drains.starts[1]!, seed: 1 };
  const [quiet, ...others] = ['quiet-2011', 'rfc-nowait', 'knob-task'].map((variant) =>
    run(drains, variant, begin),
  );
  for (const other of others) {
    expect([other.vmstat, other.death]).toEqual([quiet!.vmstat, quiet!.death]);
  }
});

function run(
  drains: MeasuredDrains,
  variant: string,
  begin: { readonly start: DrainStart; readonly seed: number },
): MachineReadings {
  const { kernel, alive, paceNs } = drains;
  const { DMA, DMA32, pcp, boost, nsPerAttempt } = begin.start;
  const own = (alive ? DEFAULT_COSTS.kmemleakInsertNs + 60 : 33) * SLOWER;
  const think = Math.max(0, (paceNs === 0 ? nsPerAttempt : paceNs) - own);
  const text = `
question: Who reclaims?
kernel: "${kernel}"
machine:
  procfs: ${FIXTURES}/qemu-256M-${kernel}
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
  const { config, tasks } = resolveText(text, variant);
  const last = config.zones.length - 1;
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

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
