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
// may lie 0.3 % outside the measured range, the free pages of each zone 5.

interface Range {
  readonly index: readonly [number, number] | null;
  readonly DMA: readonly [number, number] | null;
  readonly DMA32: readonly [number, number] | null;
}

interface MeasuredDrain {
  readonly kernel: string;
  readonly memory: string;
  readonly gfp: string;
  readonly size: number;
  readonly pool: number;
  readonly start: { DMA: number; DMA32: number; pcp: number; poolFree: number };
  readonly runs: number;
  /** Runs in which no metadata allocation failed before the callers' own. */
  readonly survived: number;
  readonly metadata: Range;
  readonly host: Range;
  readonly highatomic: Pick<Range, 'DMA' | 'DMA32'>;
  readonly boost: Pick<Range, 'DMA' | 'DMA32'>;
  readonly variants: readonly string[];
}

const INDEX_SLACK = 0.003;
const PAGES_SLACK = 5;

const FIXTURES = resolve(import.meta.dirname, '../fixtures/drain');
const MACHINES: Readonly<Record<string, string>> = {
  '4.17/128M': resolve(import.meta.dirname, '../../scenarios/machines/qemu-128M-4.17'),
  '6.1/128M': `${FIXTURES}/qemu-128M-6.1`,
  '6.1/512M': `${FIXTURES}/qemu-512M-6.1`,
};
const DRAINS = JSON.parse(
  readFileSync(`${FIXTURES}/measured-drains.json`, 'utf8'),
) as readonly MeasuredDrain[];

const catalogs = await loadCatalogs();

describe.each(DRAINS)('$kernel $memory $gfp $size bytes, pool $pool', (drain) => {
  const all = drain.variants.map((variant) => ({ variant, readings: run(drain, variant) }));

  test.each(all)('$variant', ({ readings }) => {
    const { metadata, host } = drain;
    if (readings.firstMetadataFailure === null) expect(drain.survived).toBeGreaterThan(0);
    else if (metadata.index !== null) expectWithin(readings.firstMetadataFailure, metadata);
    else expect(drain.survived).toBe(0);
    expectWithin(readings.firstHostFailure!, host);
    // Dead exactly when a metadata failure found no pool.
    const died = readings.firstMetadataFailure !== null && drain.pool === 0;
    expect(readings.death?.index).toBe(died ? readings.firstMetadataFailure!.index : undefined);
    for (const zone of readings.last.zones) {
      const name = zone.name as 'DMA' | 'DMA32';
      expect([zone.name, zone.boost]).toEqual([name, drain.boost[name]?.[0]]);
      const reserved = drain.highatomic[name];
      if (reserved !== null) expect(reserved).toContain(zone.highatomic);
    }
  });

  test('equal masks give equal results', () => {
    for (const { readings } of all) {
      expect(readings.firstHostFailure).toEqual(all[0]!.readings.firstHostFailure);
      expect(readings.firstMetadataFailure).toEqual(all[0]!.readings.firstMetadataFailure);
    }
  });
});

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

function run(drain: MeasuredDrain, variant: string): MachineReadings {
  const machine = MACHINES[`${drain.kernel}/${drain.memory}`]!;
  const { DMA, DMA32, pcp, poolFree } = drain.start;
  // The measured switch gave any mask the pool; a variant has it only by its own name.
  const name = drain.pool === 1 ? 'pool-5.4' : variant;
  const text = `
question: Where does the drain end?
kernel: "${drain.kernel}"
machine: { procfs: ${machine}, free: { DMA: ${DMA}, DMA32: ${DMA32} }, pcp: ${pcp} }
kmemleak: { pool-free: ${poolFree} }
load:
  - workload: drain
    params: { size: ${drain.size}, gfp: ${drain.gfp}, interrupts: off }
variants: [${name}]
`;
  const onDisk = new NodeFiles();
  const files = {
    read: (file: string) => (file === 'drain.yaml' ? text : onDisk.read(file)),
    resolve: (from: string, written: string) => onDisk.resolve(from, written),
  };
  const { scenario } = loadScenario('drain.yaml', { files, catalogs });
  const spec = { scenario: scenario.name, variant: name, replication: 0, seed: '1' };
  const resolved = resolveRun(scenario, resolveScenario(scenario, catalogs), spec, catalogs);
  const simulated = new Machine(resolved.config, resolved.tasks, resolved.streams);
  simulated.run(Number.POSITIVE_INFINITY);
  simulated.assertConservation();
  return simulated.readings();
}
