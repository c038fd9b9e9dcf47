import { describe, expect, it } from 'vitest';
import type { Gfp } from '../../../src/kernel/kernel-profile.ts';
import kernel from '../../../src/kernel/profiles/4.17.ts';
import { NONE, type SlowPath } from '../../../src/model/page-source.ts';
import { BioPool } from '../../../src/model/reclaim/bio-pool.ts';
import type { NestedAllocator, NestedCache } from '../../../src/model/reclaim/nested-allocator.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';

/** Memory for so many bios, by their numbers. */
class Bios implements NestedAllocator {
  readonly taken: number[] = [];
  readonly asked: Gfp[] = [];
  cache: NestedCache | null = null;
  readonly #left: number[];

  constructor(count: number) {
    this.#left = Array.from({ length: count }, (_, number) => number);
  }

  // biome-ignore lint/correctness/useYield: memory that never has to be waited for
  *allocate(cache: NestedCache, gfp: Gfp): SlowPath {
    this.cache = cache;
    this.asked.push(gfp);
    const number = this.#left.shift() ?? NONE;
    if (number !== NONE) this.taken.push(number);
    return number;
  }

  free(handle: number): void {
    this.taken.splice(this.taken.indexOf(handle), 1);
    this.#left.push(handle);
  }
}

const NOIO = kernel.gfp.composites['GFP_NOIO']!;

function take(pool: BioPool): number {
  const step = pool.take(NOIO, new TaskContext()).next();
  expect(step.done, 'it is there at once').toBe(true);
  return step.value;
}

describe('the pool of bios', () => {
  it('asks without reclaim, and then has the two of the boot', () => {
    const bios = new Bios(1);
    const pool = new BioPool(bios, kernel);
    expect(take(pool)).toBe(0);
    expect([take(pool), take(pool)]).toEqual([-2, -2]);
    const { DIRECT_RECLAIM, IO } = kernel.gfp.bits;
    expect(bios.asked.map((gfp) => gfp & (DIRECT_RECLAIM | IO))).toEqual([0, 0, 0]);
    expect(bios.cache!.bootObjects).toBe(2);
  });

  it('fills its spare ones up before memory gets any back', () => {
    const bios = new Bios(3);
    const pool = new BioPool(bios, kernel);
    const taken = [take(pool), take(pool), take(pool), take(pool), take(pool)];
    expect(taken).toEqual([0, 1, 2, -2, -2]);
    for (const bio of [1, 0, 2]) pool.give(bio);
    expect(bios.taken).toEqual([0, 1]);
    // The one that memory has back, then the spare ones, newest first.
    expect([take(pool), take(pool), take(pool)]).toEqual([2, 0, 1]);
  });

  it('waits for one to come back when both are out', () => {
    const pool = new BioPool(new Bios(0), kernel);
    take(pool);
    take(pool);
    const context = new TaskContext();
    let isWoken = false;
    context.sleeper = { wake: () => (isWoken = true), interrupt: () => {} };
    expect(pool.take(NOIO, context).next().done).toBe(false);
    pool.give(-2);
    expect(isWoken).toBe(true);
  });
});
