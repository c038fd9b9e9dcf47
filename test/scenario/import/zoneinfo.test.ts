import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/user-error.ts';
import { parseZoneinfo } from '../../../src/scenario/import/zoneinfo.ts';
import { unboosted } from '../../../src/scenario/import/zoneinfo-zone.ts';
import { fixture } from './dump-fixtures.ts';

const REAL = fixture('6.1/mem-8G/zoneinfo');

/** A populated zone of any age; extra lines stand between high and spanned. */
function zoneText(extra: readonly string[] = [], name = 'DMA'): string {
  return [
    `Node 0, zone   ${name}`,
    '  pages free     5410',
    '        min      181',
    '        low      226',
    '        high     271',
    ...extra,
    '        spanned  8192',
    '        present  8192',
    '        protection: (0, 0, 0, 0)',
    '  pagesets',
    '    cpu: 0',
    '              count: 2',
    '              high:  6',
    '              batch: 1',
    '  start_pfn:         196608',
    '',
  ].join('\n');
}

/** The message for a broken file; it must be the user's and not long. */
function complaint(text: string): string {
  try {
    parseZoneinfo(text, 'zoneinfo');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message.length).toBeLessThan(300);
    return (error as UserError).message;
  }
  throw new Error('was accepted');
}

describe('parseZoneinfo', () => {
  it('reads a real machine', () => {
    const zones = parseZoneinfo(REAL, 'zoneinfo');
    expect(zones.map((zone) => zone.zone)).toEqual(['DMA', 'DMA32', 'Normal', 'Movable']);
    const [dma, dma32] = zones;
    expect(dma32).toMatchObject({
      node: 0,
      boost: 0,
      min: 1066,
      low: 1827,
      high: 2588,
      spanned: 1044480,
      present: 782298,
      managed: 762782,
      startPfn: 4096,
      protection: [0, 0, 4974, 4974],
    });
    expect(dma32!.pagesets).toEqual([{ cpu: 0, count: expect.any(Number), high: 1827, batch: 63 }]);
    expect(dma!.nodeCounters).toHaveProperty('nr_slab_unreclaimable');
    expect(dma!.counters).not.toHaveProperty('nr_slab_unreclaimable');
  });

  it('reads the nameless counter of 4.17', () => {
    const zones = parseZoneinfo(fixture('4.17/mem-128M/zoneinfo'), 'zoneinfo');
    expect(zones[1]).toMatchObject({ min: 286, low: 357, high: 428, managed: 26107 });
    expect(zones[1]).not.toHaveProperty('boost');
  });

  it('takes the boost out of the marks, which are printed with it', () => {
    const [, dma32] = parseZoneinfo(fixture('6.1/boosted.zoneinfo.txt'), 'zoneinfo');
    expect(dma32).toMatchObject({ boost: 1024, min: 1476 });
    expect(unboosted(dma32!)).toEqual({ min: 452, low: 565, high: 678 });
  });

  it('reads two lists a CPU, as before 2.6.3x', () => {
    const old = zoneText(['        scanned  0 (a: 0 i: 0)'])
      .replace('    cpu: 0\n', '    cpu: 0 pcp: 0\n')
      .replace(
        '  start_pfn',
        '    cpu: 0 pcp: 1\n  count: 3\n  high:  2\n  batch: 1\n  prev_priority: 12\n  start_pfn',
      );
    const [zone] = parseZoneinfo(old, 'zoneinfo');
    expect(zone!.pagesets).toEqual([{ cpu: 0, count: 5, high: 6, batch: 1 }]);
    expect(zone).not.toHaveProperty('managed');
  });

  it('reads per-node numbers inside a zone and ahead of it', () => {
    const counters = '  per-node stats\n      nr_inactive_file 7\n      nr_gpu_heap 3\n';
    const inside = zoneText().replace('  pages free', `${counters}  pages free`);
    expect(parseZoneinfo(inside, 'z')[0]!.nodeCounters).toEqual({
      nr_inactive_file: 7,
      nr_gpu_heap: 3,
    });
    const ahead = `Node 0, per-node stats\n      nr_inactive_file 7\n${zoneText()}`;
    expect(parseZoneinfo(ahead, 'z')[0]).toMatchObject({ free: 5410 });
  });

  it('reads fields of later kernels: promo, tuned lists, cma', () => {
    const late = zoneText(['        promo    316', '        cma      0'])
      .replace('batch: 1', 'batch: 1\n high_min: 26\n high_max: 240')
      .replace(/^Node/, '\nNode');
    const [zone] = parseZoneinfo(late, 'zoneinfo');
    expect(zone).toMatchObject({ promo: 316, counters: { cma: 0 } });
    expect(zone!.pagesets[0]).toMatchObject({ highMin: 26, highMax: 240 });
  });

  it('keeps counters beyond 2^53, which wrapped below zero', () => {
    const text = zoneText(['      nr_free_cma 18446744073709551615']);
    expect(parseZoneinfo(text, 'zoneinfo')[0]!.counters['nr_free_cma']).toBe(2 ** 64);
  });

  it('reads carriage returns and a shell prompt', () => {
    const text = `# cat /proc/zoneinfo\n${zoneText()}`.replace(/\n/g, '\r\n');
    expect(parseZoneinfo(text, 'zoneinfo')).toHaveLength(1);
  });
});

describe('parseZoneinfo refuses, at its place,', () => {
  it.each([
    ['a negative number', 'min      181', 'min      -5', "3:18: min is '-5'"],
    ['not a number', 'low      226', 'low      NaN', "4:18: low is 'NaN'"],
    ['a fraction', 'present  8192', 'present  81.5', "7:18: present is '81.5'"],
    ['a number beyond counting', 'spanned  8192', `spanned  ${'9'.repeat(16)}`, '6:18: spanned'],
    ['an empty value', 'high:  6', 'high:', "12:15: cannot read 'high:'"],
    ['a second min', 'low      226', 'min      226', "4:9: cannot read 'min      226'"],
    ['low above high', 'high     271', 'high     225', '1:1: zone DMA has low 226 above high 225'],
    ['holes below zero', 'spanned  8192', 'spanned  8191', 'present 8192 above spanned 8191'],
    ['more free than there is', 'free     5410', 'free     8193', 'free 8193 above spanned 8192'],
    ['a letter in protection', '(0, 0, 0, 0)', '(0, x, 0, 0)', '8:9: cannot read'],
    ['an empty protection', '(0, 0, 0, 0)', '()', "8:9: cannot read 'protection: ()'"],
    ['an unknown zone', 'DMA', 'DMAX', "1:1: unknown zone 'DMAX'; did you mean 'DMA'?"],
    ['a batch of nothing', 'batch: 1', 'batch: 0', '1:1: zone DMA has batch 0 on CPU 0'],
    ['lists that are too long', 'count: 2', 'count: 8193', 'DMA has 8193 pages on per-CPU lists'],
    ['an open protection', '(0, 0, 0, 0)', '(0, 0', '8:9: cannot read'],
    ['a foreign line', '  pagesets', '  lorem ipsum!', "9:9: a counter is 'ipsum!'"],
  ])('%s', (_, right, wrong, message) => {
    expect(complaint(zoneText().replace(right, wrong))).toContain(`zoneinfo:`);
    expect(complaint(zoneText().replace(right, wrong))).toContain(message);
  });

  it('more free pages than managed ones', () => {
    const managed = (pages: number) => zoneText([`        managed  ${pages}`]);
    expect(complaint(managed(5409))).toContain('free 5410 above managed 5409');
    expect(parseZoneinfo(managed(5410), 'z')).toHaveLength(1);
  });

  it('zones that overlap or stand in another order', () => {
    const above = zoneText([], 'DMA32').replace('196608', '204799');
    expect(complaint(zoneText() + above)).toContain(
      ':15:1: zone DMA32 starts at frame 204799; expected a frame from 204800, where DMA ends',
    );
    const next = above.replace('204799', '204800');
    expect(parseZoneinfo(zoneText() + next, 'z')).toHaveLength(2);
    expect(complaint(next + zoneText())).toContain(':15:1: zone DMA of node 0 stands behind DMA32');
    // Another node's zones are no concern of these, and Movable may be cut out of Normal.
    expect(parseZoneinfo(next + zoneText().replace('Node 0', 'Node 1'), 'z')).toHaveLength(2);
    const cutOut = zoneText([], 'Movable');
    expect(parseZoneinfo(zoneText([], 'Normal') + cutOut, 'z')).toHaveLength(2);
  });

  it('a zone twice, a file without zones, an empty file', () => {
    expect(complaint(zoneText() + zoneText())).toContain(':15:1: zone DMA of node 0 appears twice');
    expect(complaint('# nothing\n')).toContain('at least one zone with pages');
    expect(complaint('')).toContain('the file is empty');
    expect(complaint(' \n\n')).toContain('the file is empty');
  });

  it('every file cut short in the middle of a zone', () => {
    const lines = zoneText().split('\n');
    for (let kept = 1; kept < lines.length - 1; kept++) {
      expect(complaint(lines.slice(0, kept).join('\n'))).toMatch(/ends without '\w+'/);
    }
  });

  it('10 MB of noise, at its first line', () => {
    const noise = Array.from({ length: 160_000 }, (_, line) => `${line * 7919} ÿ\u0000 noise ü`);
    expect(complaint(noise.join('\n').repeat(3))).toContain(
      "zoneinfo:1:1: cannot read '0 ?? noise",
    );
    expect(complaint('x'.repeat(10_000_000))).toContain('a line of 10000000 characters');
    expect(complaint('7'.repeat(70_000_000))).toContain('70000000 characters');
  });

  it('anything else without breaking', () => {
    const lines = REAL.split('\n');
    const mutation = fc.record({ line: fc.nat(lines.length - 1), text: fc.string() });
    fc.assert(
      fc.property(mutation, ({ line, text }) => {
        const changed = lines.with(line, text).join('\n');
        try {
          parseZoneinfo(changed, 'zoneinfo');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as UserError).message).toMatch(/^zoneinfo(:\d+:\d+)?: /);
        }
      }),
      { seed: 417, numRuns: 300 },
    );
  });
});
