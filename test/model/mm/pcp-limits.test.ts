import { describe, expect, it } from 'vitest';
import k417 from '../../../src/kernel/profiles/4.17.ts';
import k61 from '../../../src/kernel/profiles/6.1.ts';
import k612 from '../../../src/kernel/profiles/6.12.ts';
import { pcpLimits } from '../../../src/model/mm/pcp-limits.ts';

function limits(managed: number, low = 0, cpus = 1, fraction = 0) {
  const of = (kernel: typeof k417) =>
    pcpLimits({ name: 'Normal', managed }, { low, cpus, fraction }, kernel);
  return { k417: of(k417), k61: of(k61), k612: of(k612) };
}

describe('pcpLimits of 4.17', () => {
  it('are 0 and 1 for the DMA zone, 186 and 31 for a large one', () => {
    expect(limits(3840).k417).toMatchObject({ high: 0, batch: 1 });
    expect(limits(762000).k417).toMatchObject({ high: 186, batch: 31 });
  });

  it.each([
    [8 * 1024 - 1, 0, 1],
    [8 * 1024, 6, 1],
    [12 * 1024 - 1, 6, 1],
    [12 * 1024, 18, 3],
    [24 * 1024 - 1, 18, 3],
    [24 * 1024, 42, 7],
    [44 * 1024 - 1, 42, 7],
    [44 * 1024, 90, 15],
    [88 * 1024 - 1, 90, 15],
    [88 * 1024, 186, 31],
    [2 ** 30, 186, 31],
  ])('step with the zone: %i pages give high %i, batch %i', (managed, high, batch) => {
    expect(limits(managed).k417).toEqual({ high, batch, highMin: high, highMax: high });
  });

  it('follow percpu_pagelist_fraction, batch a quarter of high up to 96', () => {
    expect(limits(3977, 0, 1, 8).k417).toMatchObject({ high: 497, batch: 96 });
    expect(limits(3977, 0, 1, 100).k417).toMatchObject({ high: 39, batch: 9 });
    expect(limits(3977, 0, 1, 2000).k417).toMatchObject({ high: 1, batch: 1 });
  });

  it('do not depend on watermarks and CPUs', () => {
    expect(limits(762000, 90000, 16).k417).toEqual(limits(762000).k417);
  });
});

describe('pcpLimits of 6.x', () => {
  it('share the low watermark between the CPUs, but hold four batches', () => {
    expect(limits(3840, 53, 2).k61).toMatchObject({ batch: 1, high: 26 });
    expect(limits(772918, 10898, 2).k61).toMatchObject({ batch: 63, high: 5449 });
    expect(limits(772918, 503, 2).k61.high).toBe(252);
    expect(limits(772918, 506, 2).k61.high).toBe(253);
  });

  it('grow to an eighth of the zone in 6.12', () => {
    expect(limits(3840, 53, 2).k612).toEqual({ batch: 1, high: 26, highMin: 26, highMax: 240 });
    expect(limits(772918, 10898, 2).k612).toMatchObject({ highMin: 5449, highMax: 48307 });
    expect(limits(720896, 10165, 2).k612).toMatchObject({ highMin: 5082, highMax: 45056 });
    expect(limits(720896, 10165, 2).k61).toMatchObject({ highMin: 5082, highMax: 5082 });
  });

  it('follow percpu_pagelist_high_fraction, shared by the CPUs', () => {
    const tuned = { batch: 63, high: 24153, highMin: 24153, highMax: 24153 };
    expect(limits(772918, 10898, 4, 8).k61).toEqual(tuned);
    expect(limits(772918, 10898, 4, 8).k612).toEqual(tuned);
  });

  it('have batches up to 63', () => {
    expect(limits(172 * 1024 - 1).k61.batch).toBe(31);
    expect(limits(172 * 1024).k61.batch).toBe(63);
    expect(limits(2 ** 30).k61.batch).toBe(63);
  });
});
