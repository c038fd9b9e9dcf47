import { describe, expect, test } from 'vitest';
import { commonHorizon } from '../../../src/experiment/stats/common-horizon.ts';
import {
  kaplanMeier,
  type Lifetime,
  survivalCurve,
} from '../../../src/experiment/stats/kaplan-meier.ts';
import { medianSurvival } from '../../../src/experiment/stats/median-survival.ts';
import { restrictedLifetimes } from '../../../src/experiment/stats/restricted-lifetimes.ts';
import { restrictedMean } from '../../../src/experiment/stats/restricted-mean.ts';
import { survivalAt } from '../../../src/experiment/stats/survival-at.ts';

const died = (time: number): Lifetime => ({ time, died: true });
const alive = (time: number): Lifetime => ({ time, died: false });

describe('a curve worked out by hand', () => {
  // 5 runs: deaths at 10 and 30, one censored at 20, two alive at 40.
  // S = 4/5 from 10; at 30 three are at risk: S = 4/5 · 2/3 = 8/15.
  const lives = [died(10), alive(20), died(30), alive(40), alive(40)];
  const steps = kaplanMeier(lives, 0.95);

  test('survival, at risk and deaths at each time', () => {
    const rows = steps.map(({ time, atRisk, deaths }) => [time, atRisk, deaths]);
    expect(rows).toEqual([
      [10, 5, 1],
      [20, 4, 0],
      [30, 3, 1],
      [40, 2, 0],
    ]);
    expect(survivalAt(steps, 9).survival).toBe(1);
    expect(survivalAt(steps, 10).survival).toBe(0.8);
    expect(survivalAt(steps, 29).survival).toBe(0.8);
    expect(survivalAt(steps, 30).survival).toBeCloseTo(8 / 15, 15);
  });

  test('at risk counts those watched until then', () => {
    expect([0, 10, 11, 30, 31, 40, 41].map((t) => survivalAt(steps, t).atRisk)).toEqual([
      5, 5, 4, 3, 2, 2, 0,
    ]);
  });

  test('the median does not exist while more than half live', () => {
    expect(medianSurvival(steps).value).toBeNull();
  });

  test('the restricted mean is the area under the curve', () => {
    expect(restrictedMean(steps, 40).mean).toBeCloseTo(10 + 20 * 0.8 + (10 * 8) / 15, 12);
    expect(restrictedMean(steps, 5).mean).toBe(5);
  });
});

test('without a limit above or below there is no number for it', () => {
  const steps = kaplanMeier([died(1), died(2)], 0.95);
  expect(steps[1]).toMatchObject({ survival: 0, low: null, high: null, greenwood: 0.5 });
  expect(kaplanMeier([alive(5)], 0.95)[0]).toMatchObject({ survival: 1, low: null, high: null });
});

describe('the common horizon', () => {
  test('is as far as both curves are known', () => {
    expect(commonHorizon([died(5), alive(100)], [alive(80)])).toBe(80);
  });

  test('is not shortened by a group that died out', () => {
    expect(commonHorizon([died(5), died(9)], [died(50), alive(80)])).toBe(80);
  });

  test('nor by one that died out after some were lost from sight', () => {
    expect(commonHorizon([alive(3), died(9)], [died(50), alive(80)])).toBe(80);
  });

  test('reaches the last death where all died', () => {
    expect(commonHorizon([died(5), died(9)], [died(50), died(7)])).toBe(50);
  });

  test('a death in the same instant as the last censoring leaves a survivor', () => {
    expect(commonHorizon([died(9), alive(9)], [died(50)])).toBe(9);
  });
});

describe('restricted lifetimes', () => {
  test('are the lifetimes cut at the horizon where each run was watched so far', () => {
    expect(restrictedLifetimes([died(5), alive(100), died(90)], 80)).toEqual([5, 80, 80]);
    const thirds = [alive(80), died(0.1), died(0.7), alive(80), died(80), died(33.3), alive(80)];
    expect(restrictedLifetimes(thirds, 80)).toEqual([80, 0.1, 0.7, 80, 80, 33.3, 80]);
  });

  test('average to the area under the curve where each run was watched so far', () => {
    const lives = [died(10), died(10), died(35), alive(90), alive(80)];
    const values = restrictedLifetimes(lives, 80);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(restrictedMean(survivalCurve(lives), 80).mean, 12);
  });

  test('give a run censored early more than it lived: it might have lived on', () => {
    const [censored = 0] = restrictedLifetimes([alive(20), died(10), died(30), alive(40)], 40);
    expect(censored).toBeGreaterThan(20);
    expect(censored).toBeLessThan(40);
  });

  test('what happens beyond the horizon changes nothing', () => {
    const near = [alive(20), died(10), died(33)];
    const dying = restrictedLifetimes([...near, died(60), died(70)], 40);
    expect(dying).toEqual(restrictedLifetimes([...near, alive(60), alive(70)], 40));
  });

  test('a single run censored early has its own curve', () => {
    expect(restrictedLifetimes([alive(20)], 40)).toEqual([40]);
  });
});
