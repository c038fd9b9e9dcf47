import { expect, it } from 'vitest';
import { progressLine } from '../../src/cli/batch/batch-progress.ts';
import { placeLine } from '../../src/cli/fidelity/fidelity-batch.ts';

it.each([
  [0, 0, 0, '0/200 runs'],
  [0, 50, 900, '50/200 runs, 50 were there'],
  [40, 0, 2000, '40/200 runs, 20.0/s, 8 s left'],
  [40, 100, 4000, '140/200 runs, 100 were there, 10.0/s, 6 s left'],
  [10, 0, 100_000, '10/200 runs, 0.1/s, 32 min left'],
  [1, 0, 600_000, '1/200 runs, 0.0/s, 33 h 10 min left'],
])('%d made, %d stored after %d ms: %s', (made, stored, elapsedMs, line) => {
  expect(progressLine({ made, stored }, 200, elapsedMs)).toBe(line);
});

it('says which of the measured settings is simulated', () => {
  const place = { group: 'drain', number: 3, groups: 10, done: 12, of: 49 };
  expect(placeLine(place, 41_200)).toBe('drain: 12/49 settings, group 3 of 10, 41 s');
  expect(placeLine({ ...place, groups: 1 }, 0)).toBe('drain: 12/49 settings, 0 s');
});
