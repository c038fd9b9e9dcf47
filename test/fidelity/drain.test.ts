import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCatalogs } from '../../src/cli/load-catalogs.ts';
import { NodeFiles } from '../../src/cli/node-files.ts';
import { Machine } from '../../src/model/machine.ts';
import type { MachineReadings, Moment } from '../../src/model/machine-readings.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { resolveRun, resolveScenario } from '../../src/scenario/resolve.ts';

// Do drains end where they ended on the real kernels? Started from the measured state; the index
// may lie 0.1 % outside the measured range, the free pages of each zone 5 outside the range of
// nine in ten runs: a few boots ended with a whole block of highatomic pages left over, and a
// model that always did so would be wrong.

interface Range {
  readonly index: readonly [number, number] | null;
  readonly DMA: readonly [number, number] | null;
  readonly DMA32: readonly [number, number] | null;
}

interface Start {
  readonly DMA: number;
  readonly DMA32: number;
  readonly pcp: number;
  readonly poolFree: number;
}

interface MeasuredDrain {
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

const INDEX_SLACK = 0.001;
const PAGES_SLACK = 5;

const FIXTURES = resolve(import.meta.dirname, '../fixtures');
const MACHINES: Readonly<Record<string, string>> = {
  '4.17/128M': resolve(import.meta.dirname, '../../scenarios/machines/qemu-128M-4.17'),
  '6.1/128M': `${FIXTURES}/drain/qemu-128M-6.1`,
  '6.1/512M': `${FIXTURES}/drain/qemu-512M-6.1`,
};
const DRAINS = JSON.parse(
  readFileSync(`${FIXTURES}/drain/measured-drains.json`, 'utf8'),
) as readonly MeasuredDrain[];

const catalogs = await loadCatalogs();

describe.each(DRAINS)(
  '$kernel $memory $gfp $size bytes, pool $pool, kmemleak $kmemleak',
  (drain) => {
    const from = `procfs: ${MACHINES[`${drain.kernel}/${drain.memory}`]!}`;
    const median = drain.starts[drain.starts.length >> 1]!;
    // The largest machine takes the longest, and shows no other mask than the smaller ones.
    const variants = drain.memory === '512M' ? drain.variants.slice(0, 2) : drain.variants;
    const all = variants.map((variant) => run(drain, { from, start: median, variant }));

    test.each(drain.starts)('from $DMA32 free pages in DMA32', (start) => {
      const variant = drain.variants[0]!;
      const readings = start === median ? all[0]! : run(drain, { from, start, variant });
      expectMeasured(readings, drain);
      for (const zone of readings.last.zones) {
        const name = zone.name as 'DMA' | 'DMA32';
        expect([zone.name, zone.boost]).toEqual([name, drain.boost[name]?.[0]]);
        expect(drain.highatomic[name]).toContain(zone.highatomic);
      }
    });

    test('equal masks give equal results', () => {
      for (const readings of all) {
        expect(readings.firstHostFailure).toEqual(all[0]!.firstHostFailure);
        expect(readings.firstMetadataFailure).toEqual(all[0]!.firstMetadataFailure);
        expect(readings.death).toEqual(all[0]!.death);
      }
    });
  },
);

describe('a start that is told in less', () => {
  const told = DRAINS.filter(({ memory, pool }) => memory === '128M' && pool === 0);

  test.each(told)('RAM size and free pages: $kernel $gfp $size, kmemleak $kmemleak', (drain) => {
    const from = `memory: ${drain.memory}iB`;
    const [start, variant] = [drain.starts[0]!, drain.variants[0]!];
    expectMeasured(run(drain, { from, start, variant }), drain);
  });

  test.each(told.filter(({ kernel }) => kernel === '6.1'))(
    'zoneinfo and free pages: $gfp $size, kmemleak $kmemleak',
    (drain) => {
      const from = `procfs: ${FIXTURES}/e1/6.1/w1-128M.zoneinfo.txt`;
      const [start, variant] = [drain.starts[0]!, drain.variants[0]!];
      const readings = run(drain, { from, start, variant });
      expectMeasured(readings, drain);
      // Blocks of 1024 pages, though no pagetypeinfo says so.
      expect(readings.last.zones[1]!.boost).toBe(1024);
    },
  );

  test.each(told)(
    'RAM size alone, within 1.5 %: $kernel $gfp $size, kmemleak $kmemleak',
    (drain) => {
      const from = `memory: ${drain.memory}iB`;
      const { firstHostFailure } = run(drain, { from, variant: drain.variants[0]! });
      const [low, high] = drain.host.index!;
      // The measured driver had taken some 300 pages for its records before the first request.
      expect(firstHostFailure!.index).toBeGreaterThan(low);
      expect(firstHostFailure!.index).toBeLessThan(high * 1.015);
    },
  );
});

function expectMeasured(readings: MachineReadings, drain: MeasuredDrain): void {
  const { firstMetadataFailure, firstHostFailure, death } = readings;
  const { metadata, host } = drain;
  if (firstMetadataFailure === null) expect(drain.survived).toBeGreaterThan(0);
  else expectWithin(firstMetadataFailure, metadata);
  expectWithin(firstHostFailure!, host);
  // Dead exactly when a metadata failure found no pool.
  const died = firstMetadataFailure !== null && drain.pool === 0;
  expect(death?.index).toBe(died ? firstMetadataFailure.index : undefined);
}

function expectWithin(moment: Moment, measured: Range): void {
  const [low, high] = measured.index!;
  expect(moment.index, 'index').toBeGreaterThanOrEqual(low * (1 - INDEX_SLACK));
  expect(moment.index, 'index').toBeLessThanOrEqual(high * (1 + INDEX_SLACK));
  for (const zone of moment.zones) {
    const [least, most] = measured[zone.name as 'DMA' | 'DMA32']!;
    expect(zone.free, `free pages of ${zone.name}`).toBeGreaterThanOrEqual(least - PAGES_SLACK);
    expect(zone.free, `free pages of ${zone.name}`).toBeLessThanOrEqual(most + PAGES_SLACK);
  }
}

/** @param how `from`: what makes the machine; without `start`, it is as after boot */
function run(
  drain: MeasuredDrain,
  how: { readonly from: string; readonly start?: Start; readonly variant: string },
): MachineReadings {
  const { start, variant } = how;
  const state =
    start === undefined
      ? ''
      : `, free: { DMA: ${start.DMA}, DMA32: ${start.DMA32} }, pcp: ${start.pcp}`;
  // The measured switch put the pool behind any mask.
  const pool = drain.pool === 1 ? ', pool: 16000' : '';
  const text = `
question: Where does the drain end?
kernel: "${drain.kernel}"
machine: { ${how.from}${state} }
kmemleak: { enabled: ${drain.kmemleak ? 'Y' : 'N'}, pool-free: ${start?.poolFree ?? 0}${pool} }
load:
  - workload: drain
    params: { size: ${drain.size}, gfp: ${drain.gfp}, interrupts: off }
variants: [${variant}]
`;
  const onDisk = new NodeFiles();
  const files = {
    read: (file: string) => (file === 'drain.yaml' ? text : onDisk.read(file)),
    resolve: (base: string, written: string) => onDisk.resolve(base, written),
  };
  const { scenario } = loadScenario('drain.yaml', { files, catalogs });
  const spec = { scenario: scenario.name, variant, replication: 0, seed: '1' };
  const resolved = resolveRun(scenario, resolveScenario(scenario, catalogs), spec, catalogs);
  const simulated = new Machine(resolved.config, resolved.tasks, resolved.streams);
  simulated.run(Number.POSITIVE_INFINITY);
  simulated.assertConservation();
  return simulated.readings();
}
