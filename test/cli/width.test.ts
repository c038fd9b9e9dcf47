import { expect, it } from 'vitest';
import { hang } from '../../src/report/table.ts';
import { gfpsim } from './gfpsim.ts';

it.each([
  ['list scenarios'],
  ['list variants --all'],
  ['list metrics'],
  ['explain nofail-4.15'],
  ['explain mempool-v1'],
  ['explain W011'],
  ['baseline show smoke'],
  ['decide 128MiB --gfp ~0'],
  ['decide 128MiB --gfp GFP_NOFS|__GFP_NOWARN --variant nofail-4.15 --free DMA=1 --free DMA32=1'],
  ['gfp GFP_ATOMIC --variant all'],
  ['gfp 0xffffffff --variant all'],
  ['gfp 0xffffffff'],
  ['plan rfc-2018 -r 1000 --shards 16 -s load.0.params.attempts=500'],
  ['merge --help'],
  ['machine 128MiB'],
  ['show rfc-2018/drain --origin'],
  ['report rfc-2018'],
  ['compare one=rfc-2018 two=rfc-2018'],
  ['--help'],
  ['run --help'],
])('gfpsim %s fits a terminal of 80 columns', (line) => {
  const { status, stdout } = gfpsim(line.split(' '));
  expect(status).toBe(0);
  const tooLong = stdout.split('\n').filter((one) => [...one].length > 80);
  expect(tooLong).toEqual([]);
});

it('goes on below its beginning', () => {
  expect(hang('name  ', 'one two three', 30)).toEqual(['name  one two three']);
  expect(hang('name  ', `${'x'.repeat(20)} three`, 30)).toEqual([
    `name  ${'x'.repeat(20)}`,
    '      three',
  ]);
  expect(hang('name  ', '')).toEqual(['name']);
});
