import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/user-error.ts';
import { resolveUserSide } from '../../src/scenario/resolve-user-side.ts';
import { MACHINE_SCHEMA } from '../../src/scenario/schema-machine.ts';
import { KERNEL_61, KERNEL_417 } from '../model/machines.ts';

// Swap, disks, ticks and processes of a scenario's machine.

function resolve(machine: unknown, kernel = KERNEL_61) {
  return resolveUserSide(MACHINE_SCHEMA.parse(machine), kernel);
}

describe('the user side of a machine', () => {
  it('is HZ 250, swappiness 60, one disk, no swap and nobody by default', () => {
    expect(resolve({})).toEqual({
      hz: 250,
      swappiness: 60,
      dirtyRatios: { background: 10, limit: 20 },
      disk: { latencyNs: 100_000, bytesPerSecond: 419_430_400, queueDepth: 32 },
      processes: [],
      shrinkers: [],
    });
  });

  it('takes caches that reclaim may shrink, of two seeks and with nothing in use by default', () => {
    const { shrinkers } = resolve({ shrinkers: [{ name: 'dentry', objects: 21_000 }] });
    expect(shrinkers).toEqual([
      { name: 'dentry', objects: 21_000, objectBytes: 192, seeks: 2, pinnedPercent: 0 },
    ]);
    const tooLarge = { shrinkers: [{ name: 'x', objects: 1, 'object-size': 4097 }] };
    expect(() => resolve(tooLarge)).toThrow();
  });

  it('takes a swap area in whole pages, with its disk', () => {
    const { swap } = resolve({ swap: { size: '98303kB', latency: '2ms', bandwidth: '40MiB' } });
    expect(swap).toEqual({
      pages: 24575,
      disk: { latencyNs: 2_000_000, bytesPerSecond: 41_943_040, queueDepth: 32 },
    });
  });

  it('takes compressed swap with the pages it may store', () => {
    const { swap } = resolve({ zram: { size: '1MiB' } });
    expect(swap).toEqual({ pages: 256, compressionRatio: 3 });
    expect(() => resolve({ zram: { size: '1MiB', 'compression-ratio': 0.5 } })).toThrow();
  });

  it('takes swappiness and the limits on dirty pages from the sysctls', () => {
    expect(resolve({ sysctl: { swappiness: 10 } }).swappiness).toBe(10);
    expect(resolve({ sysctl: { swappiness: 200 } }).swappiness).toBe(200);
    expect(resolve({ sysctl: { swappiness: 100 } }, KERNEL_417).swappiness).toBe(100);
    const tooMuch = () => resolve({ sysctl: { swappiness: 101 } }, KERNEL_417);
    expect(tooMuch).toThrow('vm.swappiness is 101; expected a whole number from 0 to 100');
    const sysctl = { dirty_ratio: 40, dirty_background_ratio: 5 };
    expect(resolve({ sysctl }).dirtyRatios).toEqual({ background: 5, limit: 40 });
  });

  it('takes processes, each after its parent', () => {
    const processes = [
      { name: 'sh', resident: '1MiB', 'oom-score-adj': -1000 },
      { name: 'child', parent: 'sh' },
    ];
    expect(resolve({ processes }).processes).toEqual([
      { name: 'sh', residentPages: 256, oomScoreAdj: -1000 },
      { name: 'child', residentPages: 0, oomScoreAdj: 0, parent: 'sh' },
    ]);
    expect(() => resolve({ processes: [...processes].reverse() })).toThrow(UserError);
    expect(() => resolve({ processes: [processes[0], processes[0]] })).toThrow('stands twice');
  });

  it('refuses nonsense', () => {
    for (const machine of [
      { hz: 1 },
      { swap: {} },
      { swap: { size: '1MiB', 'queue-depth': 0 } },
      { processes: [{ resident: 3 }] },
      { processes: [{ name: 'x', 'oom-score-adj': 1001 }] },
    ]) {
      expect(MACHINE_SCHEMA.safeParse(machine).success).toBe(false);
    }
  });
});
