import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/model/machine.ts';
import { machineFor, settingOf } from '../loaded-machine.ts';

// The mechanisms that need time or other layers, on whole machines.

/** Every request for metadata fails in the slab layer, and no other one. */
const METADATA_FAILS = `
fault:
  failslab:
    { probability: 100, times: -1, ignore-gfp-wait: N, stack-filter: require-metadata }
`;

const EVERYTHING_FAILS = METADATA_FAILS.replace(', stack-filter: require-metadata', '');

function run(variant: string, text: string, seconds = 60): Machine {
  const setting = settingOf(`machine: { memory: 64MiB, cpus: 2 }\n${text}`, variant);
  const machine = machineFor(setting);
  machine.run(seconds * 1e9);
  return machine;
}

const drain = (gfp: string, more = '') =>
  `load: [{ workload: drain, params: { gfp: ${gfp}, interrupts: on, attempts: 100${more} } }]\n`;

describe('mempool', () => {
  const text = (gfp: string) => `kernel: "4.17"\n${METADATA_FAILS}${drain(gfp)}`;

  it.each(['mempool-v1', 'mempool-v2'])('%s: GFP_KERNEL callers wait for ever', (variant) => {
    const machine = run(variant, text('GFP_KERNEL'));
    const { kmemleakAlive, metadataFromPool, end, metadataStallsNs } = machine.readings();
    expect({ kmemleakAlive, metadataFromPool, end }).toEqual({
      kmemleakAlive: true,
      metadataFromPool: 8,
      end: 'horizon',
    });
    expect(metadataStallsNs.at(-1)).toBeGreaterThan(59e9);
    expect(machine.kmemleak.readings().waits).toBe(12);
  });

  it('GFP_ATOMIC callers are the end of it when the reserve is used up', () => {
    const { kmemleakAlive, death, end } = run('mempool-v1', text('GFP_ATOMIC')).readings();
    expect([kmemleakAlive, death?.index, end]).toEqual([false, 9, 'finished']);
  });

  it('its size is that of the boot parameter', () => {
    const machine = run('mempool-v2', `kmemleak: { pool: 33 }\n${text('GFP_ATOMIC')}`);
    expect(machine.readings().death?.index).toBe(34);
  });

  it('is refused beside callers that must not sleep but say that they may', () => {
    const load = (params: string) => `load: [{ workload: drain, params: { ${params} } }]\n`;
    const tried = (params: string) => () => run('mempool-v1', `kernel: "4.17"\n${load(params)}`);
    expect(tried('gfp: GFP_KERNEL, attempts: 5')).toThrow(
      /variant 'mempool-v1' waits for metadata, and these GFP_KERNEL callers must not sleep/,
    );
    expect(tried('gfp: GFP_KERNEL, attempts: 5, interrupts: on, spinlock: true')).toThrow(/sleep/);
    expect(tried('gfp: GFP_ATOMIC, attempts: 5')).not.toThrow();
  });
});

describe('reserves', () => {
  it('exam: a thread has gathered 600 objects after an idle minute', () => {
    const idle = 'load: [{ workload: churn, params: { slots: 1, attempts: 60, rate: 1 } }]\n';
    const machine = run('pool-1M-thread', `kernel: "4.17"\nhorizon: 90s\n${idle}`, 60);
    expect(Math.abs(machine.readings().poolFree - 600)).toBeLessThanOrEqual(1);
    expect(machine.readings().metadataPages).toBeGreaterThanOrEqual(Math.ceil(600 / 13) - 1);
    machine.assertConservation();
  });

  it('the scan thread fills up what the load has used', () => {
    const slow =
      'load: [{ workload: drain, params: { interrupts: on, attempts: 4, think: 1s } }]\n';
    const faults = METADATA_FAILS.replace('-1', '4');
    const scan = 'kmemleak: { scan: { first: 2500ms, period: 10s } }\n';
    const free = (variant: string, seconds: number) =>
      run(variant, `kernel: "4.17"\n${faults}${scan}${slow}`, seconds).readings().poolFree;
    expect([free('scan-time-refill', 2.4), free('scan-time-refill', 2.6)]).toEqual([6, 8]);
    expect([free('emergency-pool', 2.4), free('emergency-pool', 2.6)]).toEqual([6, 6]);
  });

  it('are filled before faults are armed, and their pages come out of free memory', () => {
    const setting = (variant: string) =>
      machineFor(
        settingOf(
          `kernel: "4.17"\nmachine: { memory: 64MiB, cpus: 2 }\nkmemleak: { pool: 1300 }\n` +
            `${EVERYTHING_FAILS}${drain('GFP_KERNEL')}`,
          variant,
        ),
      );
    const pages = (machine: Machine) =>
      machine.parts.memory.zones.reduce((sum, zone) => sum + zone.freePages, 0) +
      machine.parts.memory.pcp.pages();
    const [filled, array] = [setting('emergency-pool'), setting('pool-5.4')];
    expect(pages(array) - pages(filled)).toBe(100);
    expect(filled.readings().failslab.spared.scope).toBe(0);
    expect(filled.readings().failslab.checked.metadata).toBe(0);
    expect([filled.readings().poolFreeMin, array.readings().poolFreeMin]).toEqual([1300, 1300]);
    filled.assertConservation();
  });

  it('an early log kept as a store holds as many objects as fit into its bytes', () => {
    const died = run('earlylog-pool', `kernel: "4.17"\n${METADATA_FAILS}${drain('GFP_KERNEL')}`);
    expect(died.readings()).toMatchObject({ kmemleakAlive: true, metadataFromPool: 100 });
    expect(died.readings().poolFree).toBe(Math.floor(64_000 / 304) - 100);
  });
});

describe('scopes', () => {
  const churns = (count: number, more = '') => `
kernel: "4.17"
fault: { failslab: { probability: 10, times: -1, ignore-gfp-wait: N } }
load:
  - { workload: churn, count: ${count}, params: { attempts: 4000, think: 1us } }
${more}`;
  const spared = (machine: Machine) => machine.readings().failslab.spared.wrongly;

  it('exam: the machine-wide switch spares callers of other CPUs, the others do not', () => {
    const machine = run('knob-global', churns(2));
    expect(spared(machine)).toBeGreaterThan(0);
    expect(machine.readings().brokenScopes).toBeGreaterThan(0);
    for (const variant of ['knob-task', 'knob-scope']) {
      const other = run(variant, churns(2));
      expect([variant, spared(other)]).toEqual([variant, 0]);
      expect(other.readings().failslab.spared.scope).toBeGreaterThan(0);
      expect(other.readings().brokenScopes).toBe(0);
    }
  });

  it('one CPU alone never breaks the machine-wide switch', () => {
    const machine = run('knob-global', churns(1));
    expect([spared(machine), machine.kmemleak.readings().brokenScopes]).toEqual([0, 0]);
  });

  it("the task's bit leaks into softirqs, a scope of one's own does not", () => {
    const packets = '  - { workload: network-burst, params: { interval: 20us, packets: 2 } }';
    const text = churns(1, packets).replace('machine:', 'x:');
    const leaks = (variant: string) => {
      const machine = machineFor(
        settingOf(`machine: { memory: 64MiB, cpus: 1 }\n${text}`, variant),
      );
      machine.run(1e9);
      return [spared(machine), machine.kmemleak.readings().brokenScopes];
    };
    const [wrongly, broken] = leaks('knob-task');
    expect(wrongly).toBeGreaterThan(0);
    expect(broken).toBeGreaterThan(0);
    expect(leaks('knob-scope')).toEqual([0, 0]);
  });
});

describe('metadata inside objects', () => {
  it('needs no requests of its own for slab objects, and larger objects instead', () => {
    const text = `kernel: "4.17"\n${METADATA_FAILS}${drain('GFP_KERNEL')}`;
    const machine = run('embedded', text);
    expect(machine.readings()).toMatchObject({
      kmemleakAlive: true,
      metadataFailures: 0,
      metadataPages: 0,
      metadataLiveMax: 100,
    });
    const cache = machine.parts.slab.caches.find(({ name }) => name === 'kmalloc-256')!;
    expect([cache.geometry.size, cache.objectSize]).toEqual([560, 256]);
    machine.assertConservation();
  });

  it('is separate, and fails, for memory that is from no slab', () => {
    const text = `kernel: "4.17"\n${METADATA_FAILS}${drain('GFP_KERNEL', ', size: 16384')}`;
    expect(run('embedded', text).readings()).toMatchObject({
      kmemleakAlive: false,
      metadataFailures: 1,
    });
  });
});

describe('what a context shows', () => {
  const underLock = (more: string) => `
kernel: "4.17"
kmemleak: { ${more} }
load: [{ workload: churn, params: { attempts: 50, classes: [{ gfp: GFP_KERNEL, spinlock: true }] } }]
`;

  it('a held spinlock is seen only where preemption is counted', () => {
    const w6 = (more: string) => run('quiet-2011', underLock(more)).readings().warnings['W6'];
    expect([w6('preempt-count: Y'), w6('preempt-count: N')]).toEqual([1, 0]);
  });

  it('exam: an early log that is too small, and kmemleak is off from the start', () => {
    const early = (operations: number) =>
      `kernel: "4.17"\nkmemleak: { early: { operations: ${operations} } }\n${drain('GFP_KERNEL')}`;
    const { kmemleakAlive, untracked, death } = run('quiet-2011', early(565)).readings();
    expect([kmemleakAlive, untracked, death]).toEqual([false, 100, null]);
    expect(run('quiet-2011', early(400)).readings().kmemleakAlive).toBe(true);
    expect(run('pool-5.4', early(565)).readings()).toMatchObject({ poolFree: 16000 - 565 });
  });

  it('scan areas are asked for after the object, with its mask', () => {
    const text = `
kernel: "4.17"
${METADATA_FAILS.replace('100', '30')}
load:
  - workload: churn
    params: { attempts: 500, classes: [{ gfp: GFP_KERNEL, scan-area: true }] }
`;
    const machine = run('placeholder', text);
    const { areaAttempts, areaFailures, attempts, failures } = machine.kmemleak.readings();
    expect([attempts, areaAttempts]).toEqual([500, 500 - failures]);
    expect(machine.readings().scanAreas).toEqual({
      attempts: areaAttempts,
      failures: areaFailures,
    });
    expect(areaFailures).toBeGreaterThan(50);
    // Faults on areas are told from those on objects, and have coins of their own.
    const { checked, injected } = machine.readings().failslab;
    expect([injected.metadata, injected.area]).toEqual([failures, areaFailures]);
    expect([checked.metadata, checked.area]).toEqual([attempts, areaAttempts]);
    expect(injected.area).not.toBe(injected.metadata);
    const cache = machine.parts.slab.caches.find(({ name }) => name === 'kmemleak_scan_area')!;
    expect(cache.liveObjects).toBeGreaterThan(0);
    expect(cache.liveObjects).toBeLessThanOrEqual(machine.kmemleak.readings().live);
    machine.assertConservation();
  });
});
