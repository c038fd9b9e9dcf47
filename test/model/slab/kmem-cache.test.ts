import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import linux612 from '../../../src/kernel/profiles/6.12.ts';
import type { SlowPath } from '../../../src/model/page-source.ts';
import type { TaskContext } from '../../../src/model/sched/task-context.ts';
import type { KmemCache } from '../../../src/model/slab/kmem-cache.ts';
import { finish, type SlabMachine, slabMachine } from './slab-machine.ts';

const ATOMIC = 0x1080020;
const KERNEL = 0x14000c0;

// Objects of 1024 bytes: with one CPU 8 a slab of two pages, so slabs start at 1000, 1002, …
// min_partial 5; cpu_partial 6 objects (4.17) or 24, taken for 6 slabs (6.x).
interface Bench extends SlabMachine {
  readonly cache: KmemCache;
  readonly task: TaskContext;
}

function bench(kernel: KernelProfile, cpus = 1): Bench {
  const machine = slabMachine(kernel, cpus);
  const cache = machine.slab.createCache({ name: 'bench', objectSize: 1024 });
  return { ...machine, cache, task: machine.on(0) };
}

/** Fills so many slabs; the last one is the CPU's and full too. Returns their handles. */
function fill({ slab, cache, task }: Bench, slabs: number): number[] {
  const handles: number[] = [];
  for (let nth = 0; nth < slabs * 8; nth++) handles.push(slab.allocate(cache, ATOMIC, task));
  return handles.filter((_, nth) => nth % 8 === 0);
}

function free(bench: Bench, handle: number, count = 1, cpu = 0): void {
  for (let nth = 0; nth < count; nth++) bench.slab.free(bench.cache, handle, bench.on(cpu));
}

function take({ slab, cache, on }: Bench, count: number, cpu = 0): number[] {
  return Array.from({ length: count }, () => slab.allocate(cache, ATOMIC, on(cpu)));
}

describe('where an object comes from', () => {
  it('4.17: CPU partial sets are limited and refilled by objects', () => {
    const setup = bench(linux417);
    const s = fill(setup, 9);
    expect(s).toEqual([1000, 1002, 1004, 1006, 1008, 1010, 1012, 1014, 1016]);
    // The set holds 7 objects when the free of the eighth slab finds it above 6.
    for (const handle of s.slice(0, 7)) free(setup, handle);
    expect(setup.cache.nrPartial).toBe(0);
    free(setup, s[7]!);
    expect(setup.cache.nrPartial).toBe(7);
    expect(setup.cache.cpuFreeObjects(0)).toBe(1);
    // Its own set first; then the node's, newest first: one to use and, while no more than 3
    // objects are gathered, more for the CPU's stack.
    expect(take(setup, 1)).toEqual([s[7]]);
    expect(take(setup, 1)).toEqual([s[6]]);
    expect(setup.cache.nrPartial).toBe(3);
    expect(take(setup, 3)).toEqual([s[3], s[4], s[5]]);
    expect(take(setup, 3)).toEqual([s[2], s[0], s[1]]);
    expect(setup.pages.asked).toHaveLength(9);
    expect(take(setup, 1)).toEqual([1018]);
  });

  it.each([linux61, linux612])('$name: they are limited and refilled by slabs', (kernel) => {
    const setup = bench(kernel);
    const s = fill(setup, 9);
    for (const handle of s.slice(0, 6)) free(setup, handle);
    expect(setup.cache.nrPartial).toBe(0);
    // Six slabs are the limit: the seventh sends them to the node.
    free(setup, s[6]!);
    expect(setup.cache.nrPartial).toBe(6);
    free(setup, s[7]!);
    expect(take(setup, 2)).toEqual([s[7], s[6]]);
    // One to use and up to four for the stack, until more than half of six are gathered.
    expect(take(setup, 1)).toEqual([s[5]]);
    expect(setup.cache.nrPartial).toBe(1);
    expect(take(setup, 5)).toEqual([s[1], s[2], s[3], s[4], s[0]]);
    expect(setup.pages.asked).toHaveLength(9);
  });

  it('what other CPUs freed of the CPU slab is used before its partial set', () => {
    const setup = bench(linux417, 2);
    const [first] = take(setup, 16);
    const second = take(setup, 16)[0]!;
    free(setup, first!);
    // On the slab's own freelist until CPU 0 has used up its own.
    free(setup, second, 2, 1);
    free(setup, second, 1, 0);
    expect(setup.cache.cpuFreeObjects(0)).toBe(4);
    expect(take(setup, 4)).toEqual([second, second, second, first]);
  });

  it('a full slab comes back on the set of the CPU that frees of it', () => {
    const setup = bench(linux417, 2);
    const [first] = take(setup, 17);
    free(setup, first!, 1, 1);
    expect(setup.cache.cpuFreeObjects(1)).toBe(1);
    expect(take(setup, 1, 1)).toEqual([first]);
    expect(setup.cache.activeObjects).toBe(32);
  });
});

describe('an empty slab', () => {
  it('is kept by the node up to min_partial slabs, then discarded', () => {
    const setup = bench(linux417);
    const s = fill(setup, 9);
    for (const handle of s.slice(0, 8)) free(setup, handle);
    expect(setup.cache.nrPartial).toBe(7);
    free(setup, s[0]!, 7);
    expect(setup.pages.freed).toEqual([`${s[0]} 1`]);
    expect(setup.owners.get(s[0]!)).toBe(-1);
    free(setup, s[1]!, 7);
    free(setup, s[2]!, 7);
    expect(setup.cache.nrPartial).toBe(4);
    // Four are fewer than min_partial: this one stays, empty, and is used again.
    free(setup, s[3]!, 7);
    expect(setup.pages.freed).toHaveLength(3);
    expect(setup.cache).toMatchObject({ nrPartial: 4, slabs: 6, pages: 12, totalObjects: 48 });
    expect(setup.slab).toMatchObject({ slabsMade: 9, slabsDiscarded: 3 });
  });

  it('on the CPU set stays until the set is drained; the last ones go, oldest first', () => {
    const setup = bench(linux417);
    const s = fill(setup, 9);
    for (const handle of s.slice(0, 7)) free(setup, handle, 8);
    expect(setup.pages.freed).toEqual([]);
    free(setup, s[7]!);
    expect(setup.cache.nrPartial).toBe(5);
    expect(setup.pages.freed).toEqual([`${s[0]} 1`, `${s[1]} 1`]);
  });

  it('frees its slot for the next slab', () => {
    const setup = bench(linux417);
    const s = fill(setup, 9);
    for (const handle of s.slice(0, 8)) free(setup, handle, 8);
    const discarded = setup.slab.slabsDiscarded;
    expect(discarded).toBe(2);
    const owners = new Set<number>();
    for (const handle of fill(setup, 9)) owners.add(setup.owners.get(handle)!);
    expect(Math.max(...owners)).toBeLessThanOrEqual(setup.slab.caches.length + 9);
  });
});

describe('the CPU slab of one who slept, given up for the page that came', () => {
  // Two CPUs: 16 objects a slab of four pages, but 4 of one page for those who had to sleep.
  // Each sleeper asks while no object is free.
  function sleepers(setup: Bench, count: number): SlowPath[] {
    return Array.from({ length: count }, () => {
      setup.pages.script.push('none', 'block');
      setup.slab.allocate(setup.cache, KERNEL, setup.task);
      const path = setup.slab.allocateSlowly(setup.cache, KERNEL, setup.task);
      path.next();
      return path;
    });
  }

  it('becomes the first of the node', () => {
    const setup = bench(linux417, 2);
    const [one, two] = sleepers(setup, 2);
    const meanwhile = take(setup, 1)[0]!;
    const first = finish(one!).answer;
    const second = finish(two!).answer;
    expect(setup.cache.nrPartial).toBe(2);
    expect(take(setup, 4)).toEqual([second, second, second, first]);
    // Three objects are not more than half of six: the other slab fills the CPU's stack.
    expect(setup.cache.nrPartial).toBe(0);
    expect(take(setup, 3)).toEqual([first, first, meanwhile]);
  });

  it('or the last, when other CPUs have freed of it', () => {
    const setup = bench(linux417, 2);
    const [one, two] = sleepers(setup, 2);
    const meanwhile = take(setup, 1)[0]!;
    const first = finish(one!).answer;
    free(setup, first, 1, 1);
    const second = finish(two!).answer;
    expect(take(setup, 4)).toEqual([second, second, second, meanwhile]);
  });

  it('is on no list when it is full', () => {
    const setup = bench(linux417, 2);
    const [one] = sleepers(setup, 1);
    const meanwhile = take(setup, 16)[0]!;
    const second = finish(one!).answer;
    expect(setup.cache.nrPartial).toBe(0);
    free(setup, meanwhile);
    expect(setup.cache.cpuFreeObjects(0)).toBe(4);
    expect(take(setup, 4)).toEqual([second, second, second, meanwhile]);
  });

  it('is discarded when it is empty and the node has enough', () => {
    const setup = bench(linux417, 2);
    const paths = sleepers(setup, 7);
    take(setup, 1);
    for (const path of paths.slice(0, 5)) finish(path);
    const { answer } = finish(paths[5]!);
    free(setup, answer);
    expect(setup.pages.freed).toEqual([]);
    finish(paths[6]!);
    expect(setup.pages.freed).toEqual([`${answer} 0`]);
    expect(setup.cache).toMatchObject({ nrPartial: 6, slabs: 7 });
  });
});

describe('a slab made from reserves', () => {
  it('serves, beyond the CPU freelist, only requests that may use reserves', () => {
    const setup = bench(linux417, 2);
    const entitled = setup.on(1);
    entitled.memalloc = true;
    setup.pages.script.push('reserves');
    const reserve = take(setup, 16, 1)[0]!;
    expect(setup.cache.reserveSlabs).toBe(1);
    setup.pages.lastFromReserves = false;
    // An object freed by the other CPU: the owner alone may not have it without standing.
    free(setup, reserve, 1, 0);
    entitled.memalloc = false;
    expect(take(setup, 1, 1)).not.toEqual([reserve]);
    expect(setup.cache.nrPartial).toBe(1);
    // Nor does the node give it to CPU 0; to a PF_MEMALLOC task it does.
    expect(take(setup, 1, 0)).not.toEqual([reserve]);
    const other = setup.on(0);
    take(setup, 15, 0);
    other.memalloc = true;
    expect(take(setup, 1, 0)).toEqual([reserve]);
  });

  it('is passed over on the CPU set and goes to the node', () => {
    const setup = bench(linux417);
    setup.task.memalloc = true;
    setup.pages.script.push('reserves');
    const [reserve] = take(setup, 8);
    const [plain] = take(setup, 8);
    setup.task.memalloc = false;
    free(setup, reserve!);
    expect(take(setup, 1)[0]).toBeGreaterThan(plain!);
    expect(setup.cache.nrPartial).toBe(1);
    expect(setup.cache.cpuFreeObjects(0)).toBe(7);
  });
});
