import { describe, expect, it } from 'vitest';
import { GracePeriods } from '../../../src/model/kmemleak/grace-periods.ts';
import { HOME_SLAB, MetadataObjects } from '../../../src/model/kmemleak/objects.ts';

function setup(count: number) {
  const objects = new MetadataObjects();
  for (let index = 0; index < count; index++) objects.add(HOME_SLAB, index, 64);
  let started = 0;
  const graces = new GracePeriods(objects, () => {
    started += 1;
  });
  const end = (): number[] => {
    const batch: number[] = [];
    for (let slot = graces.ended(); slot >= 0; ) {
      const next = objects.nextOf(slot);
      batch.push(slot);
      objects.remove(slot);
      slot = next;
    }
    return batch;
  };
  return { objects, graces, end, started: () => started };
}

describe('grace periods', () => {
  it('the first freed object starts one and returns at its end', () => {
    const { graces, end, started } = setup(1);
    expect(started()).toBe(0);
    graces.queue(0);
    expect(started()).toBe(1);
    expect(end()).toEqual([0]);
    expect(started()).toBe(1);
  });

  it('objects freed while one runs wait for its end and for the next', () => {
    const { graces, end, started } = setup(4);
    for (const slot of [2, 0, 3]) graces.queue(slot);
    expect(started()).toBe(1);
    expect(end()).toEqual([2]);
    expect(started()).toBe(2);
    graces.queue(1);
    expect(end()).toEqual([0, 3]);
    expect(end()).toEqual([1]);
    expect(end()).toEqual([]);
    expect(started()).toBe(3);
  });

  it('an object freed after a quiet time starts a new one', () => {
    const { graces, end, started } = setup(2);
    graces.queue(0);
    end();
    graces.queue(1);
    expect(started()).toBe(2);
    expect(end()).toEqual([1]);
  });

  it('holds the memory until then', () => {
    const { objects, graces, end } = setup(2);
    graces.queue(0);
    expect(objects.held).toBe(2);
    end();
    expect(objects.held).toBe(1);
  });

  it('refuses to free an object twice', () => {
    const { graces } = setup(1);
    graces.queue(0);
    expect(() => graces.queue(0)).toThrow('freed twice');
  });
});
