import { describe, expect, test } from 'vitest';
import { measuredDrains, moments, runDrain } from '../../src/fidelity/groups/drain.ts';
import { expectAgreed, holdGroup, laboratory } from './hold-group.ts';

// Do drains end where they ended on the real kernels, from the measured state, and from less?

holdGroup('drain', { settings: { '4.17': 12, '6.1': 37 }, quantities: 515 });

describe('a start that is told in less', () => {
  const told = measuredDrains(laboratory).filter(
    ({ memory, pool }) => memory === '128M' && pool === 0,
  );

  test.each(told)('RAM size and free pages: $kernel $gfp $size, kmemleak $kmemleak', (drain) => {
    const from = `memory: ${drain.memory}iB`;
    const [start, variant] = [drain.starts[0]!, drain.variants[0]!];
    const readings = runDrain(drain, { from, start, variant }, laboratory);
    for (const quantity of moments(readings, drain)) expectAgreed(quantity);
  });

  test.each(told.filter(({ kernel }) => kernel === '6.1'))(
    'zoneinfo and free pages: $gfp $size, kmemleak $kmemleak',
    (drain) => {
      const from = 'procfs: e1/6.1/w1-128M.zoneinfo.txt';
      const [start, variant] = [drain.starts[0]!, drain.variants[0]!];
      const readings = runDrain(drain, { from, start, variant }, laboratory);
      for (const quantity of moments(readings, drain)) expectAgreed(quantity);
      // Blocks of 1024 pages, though no pagetypeinfo says so.
      expect(readings.last.zones[1]!.boost).toBe(1024);
    },
  );

  test.each(told)(
    'RAM size alone, within 1.5 %: $kernel $gfp $size, kmemleak $kmemleak',
    (drain) => {
      const from = `memory: ${drain.memory}iB`;
      const variant = drain.variants[0]!;
      const { firstHostFailure } = runDrain(drain, { from, variant }, laboratory);
      const [low, high] = drain.host.index!;
      // The measured driver had taken some 300 pages for its records before the first request.
      expect(firstHostFailure!.index).toBeGreaterThan(low);
      expect(firstHostFailure!.index).toBeLessThan(high * 1.015);
    },
  );
});
