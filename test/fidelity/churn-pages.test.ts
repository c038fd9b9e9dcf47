import { expect, test } from 'vitest';
import { holdGroup } from './hold-group.ts';

// Do page faults under a churn hit whom they hit on the real kernels?

const found = holdGroup('churn-pages', {
  settings: { '4.17': 115, '6.1': 136 },
  quantities: 2161,
});

test('the fixtures hold every published setting', () => {
  const count = (kernel: string, isStripped: boolean) =>
    found.filter(
      ({ setting }) =>
        setting.kernel === kernel &&
        setting.pooled !== true &&
        setting.name.includes('flag stripped') === isStripped,
    ).length;
  expect([count('4.17', false), count('6.1', false)]).toEqual([112, 126]);
  expect(count('4.17', true) + count('6.1', true)).toBe(13);
});

test('some live and some die in each of the ways that are told apart', () => {
  const fates = found.flatMap(({ setting, quantities }) =>
    setting.pooled === true ? [] : quantities.filter(({ name }) => name === 'kmemleak_alive'),
  );
  const measured = (value: number) => fates.filter((fate) => fate.measured === value).length;
  expect(measured(1)).toBeGreaterThan(100);
  expect(measured(0)).toBeGreaterThanOrEqual(12);
});
