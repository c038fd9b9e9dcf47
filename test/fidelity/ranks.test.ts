import { expect, test } from 'vitest';
import { type RankedRun, rankSettings } from '../../src/fidelity/ranks.ts';

const SETTING = { kernel: '4.17', setting: '1 %' };

function run(variant: string, measured: [number, number], simulated: [number, number]): RankedRun {
  const [alive, injected] = measured;
  const outcome = { alive: simulated[0], injected: simulated[1] };
  return { ...SETTING, variant, measured: { alive, injected }, simulated: () => outcome };
}

function ranksOf(runs: readonly RankedRun[]): string[] {
  return rankSettings(runs).flatMap(({ quantities }) =>
    quantities().map((one) => `${one.name}: ${one.measured} ${one.simulated} ${one.agreement}`),
  );
}

test('every two masks are ranked by life and by faults', () => {
  const runs = [run('a', [1, 0], [1, 0]), run('b', [0, 100], [0, 90]), run('c', [1, 99], [1, 0])];
  expect(ranksOf(runs)).toEqual([
    'alive: a to b: more more exact',
    'injected: a to b: less less exact',
    'alive: a to c: equal equal exact',
    'injected: a to c: less equal outside',
    'alive: b to c: less less exact',
    'injected: b to c: equal more outside',
  ]);
});

test('lives of some runs and not of others do not rank a mask', () => {
  const some = [run('a', [1, 0], [1, 0]), run('a', [0, 0], [1, 0])];
  const none = [run('b', [0, 0], [0, 0]), run('b', [0, 0], [0, 0])];
  expect(ranksOf([...some, ...none])[0]).toBe('alive: a to b: equal more outside');
});

test('faults tie within the scatter of dice', () => {
  // 3.3 × sqrt(100 + 52 + 1) = 40.8; 100 - 60 is less, 100 - 55 is more than sqrt(156) × 3.3 = 41.2
  const faults = (b: number) => ranksOf([run('a', [1, 100], [1, 100]), run('b', [1, b], [1, b])]);
  expect(faults(60)[1]).toContain('equal equal');
  expect(faults(55)[1]).toContain('more more');
});

test('runs of different settings are not compared', () => {
  const other = { ...run('b', [0, 0], [0, 0]), setting: '10 %' };
  expect(ranksOf([run('a', [1, 0], [1, 0]), other])).toEqual([]);
});
