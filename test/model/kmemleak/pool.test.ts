import { describe, expect, it } from 'vitest';
import { HOME_POOL, HOME_SLAB } from '../../../src/model/kmemleak/objects.ts';
import { MetadataPool, POOL_EMPTY } from '../../../src/model/kmemleak/pool.ts';

const own = (entries: number, free: number) =>
  new MetadataPool({ entries, refill: 'own-objects' }, { entries, free });

describe('the static pool', () => {
  it('gives never-used entries from the high end downwards', () => {
    const pool = own(3, 3);
    expect([pool.take(), pool.take(), pool.take(), pool.take()]).toEqual([2, 1, 0, POOL_EMPTY]);
  });

  it('gives returned entries first, the last returned first', () => {
    const pool = own(4, 4);
    const [first, second] = [pool.take(), pool.take()];
    pool.give(HOME_POOL, first);
    pool.give(HOME_POOL, second);
    expect([pool.take(), pool.take(), pool.take()]).toEqual([second, first, 1]);
  });

  it('takes back its own objects only', () => {
    const pool = own(2, 2);
    pool.take();
    expect(pool.give(HOME_SLAB, 7)).toBe(false);
    expect(pool.free).toBe(1);
    expect(pool.give(HOME_POOL, 1)).toBe(true);
    expect(pool.free).toBe(2);
  });

  it('starts with what boot has left, at most its size', () => {
    expect(own(16000, 15846).free).toBe(15846);
    expect(own(64, 15846).free).toBe(64);
    expect(own(0, 15846).free).toBe(0);
  });
});

describe('a pool refilled from any freed object', () => {
  it('takes slab objects while below its size, and remembers what they are', () => {
    const pool = new MetadataPool({ entries: 2, refill: 'any-free' }, { entries: 2, free: 2 });
    expect(pool.give(HOME_SLAB, 7)).toBe(false);
    pool.take();
    expect(pool.give(HOME_SLAB, 7)).toBe(true);
    expect(pool.give(HOME_SLAB, 8)).toBe(false);
    expect([pool.take(), pool.takenKind]).toEqual([7, HOME_SLAB]);
    expect([pool.take(), pool.takenKind]).toEqual([0, HOME_POOL]);
    expect(pool.take()).toBe(POOL_EMPTY);
  });
});
