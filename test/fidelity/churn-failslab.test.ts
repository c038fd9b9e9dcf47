import { expect, test } from 'vitest';
import { holdGroup } from './hold-group.ts';

// Do failslab's faults hit whom they hit on the real kernels, and is the better of any two masks
// the better one here?

const found = holdGroup('churn-failslab', {
  settings: { '4.17': 156, '6.1': 112 },
  quantities: 2986,
});

test.each([
  ['churn-failslab-4.17', 11],
  ['bare-gfp-4.17', 11],
  ['churn-failslab-6.1', 11],
])('%s tells some masks apart', (file, least) => {
  const ranks = found
    .filter(({ setting }) => setting.name.startsWith(`ranks, kmemleak/${file}`))
    .flatMap(({ quantities }) => quantities);
  expect(ranks.filter(({ measured }) => measured !== 'equal').length).toBeGreaterThanOrEqual(least);
});

test('the parity lock: at interval 10 every fault lands on metadata, none on callers', () => {
  const locked = found.filter(({ setting }) => /^quiet-2011 pool, .*%\/10,/.test(setting.name));
  const values = (name: string) =>
    locked.flatMap(({ quantities }) => quantities.filter((quantity) => quantity.name === name));
  expect(locked.length).toBeGreaterThanOrEqual(4);
  for (const { measured, simulated } of values('inj_slab_host')) {
    expect([measured, simulated]).toEqual([0, 0]);
  }
});
