import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import { Machine } from '../../src/model/machine.ts';
import type { MachineReadings } from '../../src/model/machine-readings.ts';
import { resolveText } from './resolve-text.ts';

// Drains of 6.1 with interrupts on and a second CPU, so that kswapd takes every boost back: there
// is nothing to reclaim, and yet GFP_NOWAIT gets down to the plain min, 1024 pages below where
// it stops when kswapd cannot run.
//
// GFP_ATOMIC drains of 64 bytes are left out: those of the real kernel end while a dead kmemleak
// is still being cleaned up, which takes no time here, so that its memory is there again.

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
  readonly DMA: readonly [number, number];
  readonly DMA32: readonly [number, number];
}

/** The kernel's own marks: the snapshot is of a boot with other page counts. */
const MARKS = [
  { watermarks: { min: 47, low: 58, high: 69 }, lowmemReserve: [0, 88, 88, 88] },
  { watermarks: { min: 277, low: 346, high: 415 }, lowmemReserve: [0, 0, 0, 0] },
];
const LATE_WAKE_NS = 4_000_000;
/** kswapd and the drain race for the last pages: both zones may end this much off the range. */
const PAGES_SLACK = 35;
const INDEX_SLACK = 0.02;

const FIXTURES = resolve(import.meta.dirname, '../fixtures/pressure');
const DRAINS = JSON.parse(
  readFileSync(`${FIXTURES}/measured-drains-kswapd-alive.json`, 'utf8'),
) as readonly MeasuredDrain[];

describe.each(DRAINS)('$gfp $size bytes, $variant', (drain) => {
  const runs = drain.starts.map((_, i) => run(drain, i));

  test('ends where the measured ones did', () => {
    const moments = runs.map(({ firstHostFailure }) => firstHostFailure!);
    const [least, , most] = drain.index;
    const index = medianOf(moments.map((moment) => moment.index));
    expect(index).toBeGreaterThanOrEqual(least * (1 - INDEX_SLACK));
    expect(index).toBeLessThanOrEqual(most * (1 + INDEX_SLACK));
    for (const name of ['DMA', 'DMA32'] as const) {
      const free = medianOf(
        moments.map(({ zones }) => zones.find((zone) => zone.name === name)!.free),
      );
      expect(free, name).toBeGreaterThanOrEqual(drain[name][0] - PAGES_SLACK);
      expect(free, name).toBeLessThanOrEqual(drain[name][1] + PAGES_SLACK);
    }
  });

  test('kswapd ran and found nothing', () => {
    for (const { vmstat } of runs) {
      expect(vmstat['pageoutrun']).toBeGreaterThan(0);
      expect(vmstat['pgscan_kswapd']).toBe(0);
    }
  });
});

function run({ gfp, size, variant, starts }: MeasuredDrain, i: number): MachineReadings {
  const { DMA, DMA32, pcp, nsPerAttempt } = starts[i]!;
  const text = `
question: Where does the drain end?
kernel: "6.1"
machine:
  procfs: ${FIXTURES}/qemu-128M-6.1-2cpu
  slab: none
  free: { DMA: ${DMA}, DMA32: ${DMA32} }
  pcp: ${pcp}
kmemleak: { pool-free: 0 }
load:
  - workload: drain
    params: { size: ${size}, gfp: ${gfp}, interrupts: on, think: ${nsPerAttempt}ns }
variants: [${variant}]
`;
  const { config, tasks } = resolveText(text, variant);
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

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
