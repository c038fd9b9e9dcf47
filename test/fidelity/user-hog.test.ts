import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCatalogs } from '../../src/cli/load-catalogs.ts';
import { NodeFiles } from '../../src/cli/node-files.ts';
import { log } from '../../src/engine/portable-math.ts';
import type { RandomStream } from '../../src/engine/random-stream.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import { wilson } from '../../src/experiment/stats/wilson.ts';
import type { TaskSpec } from '../../src/model/build-tasks.ts';
import { DEFAULT_COSTS } from '../../src/model/costs.ts';
import { Machine } from '../../src/model/machine.ts';
import type { Costs, MachineConfig } from '../../src/model/machine-config.ts';
import type { MachineReadings } from '../../src/model/machine-readings.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { resolveRun, resolveScenario } from '../../src/scenario/resolve.ts';

// A user process eats 256 MiB up to its OOM kill beside a churn of kernel objects, two CPUs, with
// and without 96 MiB of swap. Started from the measured states; the medians stand against those of
// all masks that were measured, since reclaim does not tell them apart.
//
// The kernels ran on an emulated CPU whose host was busy: the time of a touch, of a page on its way
// to the disk (the time in which any was, by the pages that went), and how late freed metadata comes
// back at least, are inputs of each run. All steps are taken to be
// as much slower than on bare metal as a touch without interference was, and the rest of its time
// is the host's, which takes the CPUs away at the ends of its time slices.

interface Start {
  readonly kernel: string;
  readonly swap: boolean;
  readonly pool: boolean;
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

const SLOWER = 8;
const LATE_WAKE_NS = 4_000_000;
/** A tick of the host. */
const HOST_SLICE_NS = 4_000_000;
const SAMPLE_NS = 100_000_000;
const HORIZON_NS = 120e9;
/** What the 4100 live objects of the run before leave in slabs that others keep. */
const FREE_METADATA = 4096;
const KSWAPD_GAVE_UP = 16;
const PAGE_KIB = 4;

const FIXTURES = resolve(import.meta.dirname, '../fixtures/pressure');
const COUNTERS = rowsOf('measured-user-hogs.csv');
const STARTS = rowsOf('measured-user-hog-starts.csv').map(startOf);
const CASES = [
  { kernel: '4.17', swap: false, pool: false, count: 5 },
  { kernel: '4.17', swap: true, pool: false, count: 8 },
  { kernel: '6.1', swap: false, pool: false, count: 3 },
  { kernel: '6.1', swap: false, pool: true, count: 2 },
  { kernel: '6.1', swap: true, pool: false, count: 4 },
  { kernel: '6.1', swap: true, pool: true, count: 2 },
];
const catalogs = await loadCatalogs();
const COSTS = Object.fromEntries(
  Object.entries(DEFAULT_COSTS).map(([step, ns]) => [step, ns * SLOWER]),
) as { [step in keyof Costs]: number };
const TOUCH_NS = COSTS.faultNs + COSTS.pageNs;

describe.each(CASES)('$kernel, swap $swap, pool $pool', (which) => {
  const starts = STARTS.filter((start) => isOf(start, which));
  const chosen = spread(starts, which.count);
  const runs = chosen.map((start) => run(start));

  const counters = COUNTERS.filter((row) => isOf(caseOf(row), which));
  test.each(counters)('$counter', ({ counter, least, median, most }) => {
    const simulated = medianOf(runs.map((readings) => counterOf(readings, counter!)));
    const slack = 0.25 * Number(median);
    expect(simulated).toBeGreaterThanOrEqual(Math.min(Number(least), Number(median) - slack));
    expect(simulated).toBeLessThanOrEqual(Math.max(Number(most), Number(median) + slack));
  });

  test('kswapd comes first, then the stalls, then the kill', () => {
    for (const { vmstat, series } of runs) {
      expect(vmstat['pgscan_kswapd']! > 0).toBe(which.swap);
      expect(vmstat['kswapd_wake']! > 0 || which.pool).toBe(true);
      expect(vmstat['oom_kill']).toBe(1);
      const { names, rows, values } = series!;
      const column = (name: string, row: number): number =>
        values[row * names.length + names.indexOf(name)]!;
      for (let row = 0; row < rows; row++) {
        const stalled = column('allocstall_movable', row) + column('allocstall_normal', row) > 0;
        if (stalled && !which.pool) expect(column('kswapd_wake', row)).toBeGreaterThan(0);
        if (column('oom_kill', row) > 0) expect(stalled).toBe(true);
      }
    }
  });

  // Too few runs for a share: the intervals of both must have shares in common.
  test('metadata dies as often', () => {
    const measured = starts.filter(({ kmemleakOn }) => kmemleakOn);
    const told = wilson(measured.filter(({ died }) => died).length, measured.length, 0.95);
    const tracked = runs.filter((_, i) => chosen[i]!.kmemleakOn);
    const dead = tracked.filter(({ death }) => death !== null).length;
    const simulated = wilson(dead, tracked.length, 0.95);
    expect(simulated.low).toBeLessThanOrEqual(told.high);
    expect(simulated.high).toBeGreaterThanOrEqual(told.low);
  });
});

/** A machine whose host takes its CPUs away from time to time. */
class HostedMachine extends Machine {
  readonly #awayNs: number;
  readonly #draws: RandomStream;
  readonly #nextNs: number[];

  constructor(config: MachineConfig, tasks: readonly TaskSpec[], host: Host) {
    super(config, tasks, host.streams);
    this.#awayNs = host.awayNs;
    this.#draws = host.streams.stream('host');
    this.#nextNs = this.scheduler.cpus.map(() => 0);
  }

  override handle(kind: number, a: number, b: number): void {
    for (const cpu of this.scheduler.cpus) {
      if (this.nowNs < this.#nextNs[cpu.id]!) continue;
      this.#nextNs[cpu.id] = this.nowNs + HOST_SLICE_NS;
      if (cpu.isIdle || this.#awayNs === 0) continue;
      const ns = Math.floor(-this.#awayNs * log(1 - this.#draws.double()));
      this.scheduler.steal(cpu, ns);
      this.#nextNs[cpu.id]! += ns;
    }
    super.handle(kind, a, b);
  }
}

interface Host {
  readonly awayNs: number;
  readonly streams: RandomStreams;
}

function run(start: Start): MachineReadings {
  const { kernel, swap, pool, seed, nsPerTouch } = start;
  const text = scenarioOf(start);
  const onDisk = new NodeFiles();
  const files = {
    read: (file: string) => (file === 'hog.yaml' ? text : onDisk.read(file)),
    resolve: (from: string, written: string) => onDisk.resolve(from, written),
  };
  const { scenario } = loadScenario('hog.yaml', { files, catalogs });
  const [mask] = scenario.variants;
  const spec = { scenario: scenario.name, variant: mask!, replication: 0, seed: '1' };
  const resolved = resolveScenario(scenario, catalogs);
  const { config, tasks } = resolveRun(scenario, resolved, spec, catalogs);
  Object.assign(tasks[0]!.source, { background: true });
  const machine = new HostedMachine(
    {
      ...config,
      slabs: swap || pool ? [metadataOf(kernel)] : [],
      costs: COSTS,
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
  procfs: ${FIXTURES}/qemu-256M-${kernel}
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

function counterOf({ vmstat, oomVictimPages, series }: MachineReadings, counter: string): number {
  if (counter === 'allocstall') return vmstat['allocstall_movable']! + vmstat['allocstall_normal']!;
  if (counter === 'hogKb') return oomVictimPages! * 4;
  if (counter !== 'freeMin') return vmstat[counter]!;
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

function isOf(one: Pick<Start, 'kernel' | 'swap' | 'pool'>, which: typeof one): boolean {
  return one.kernel === which.kernel && one.swap === which.swap && one.pool === which.pool;
}

function caseOf(row: Record<string, string>) {
  return { kernel: row['kernel']!, swap: row['swap'] === 'yes', pool: row['pool'] === 'yes' };
}

function startOf(row: Record<string, string>): Start {
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

function rowsOf(file: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(`${FIXTURES}/${file}`, 'utf8').trim().split('\n');
  const names = head!.split(',');
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((value, i) => [names[i]!, value])),
  );
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
