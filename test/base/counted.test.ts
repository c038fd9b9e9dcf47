import { expect, it } from 'vitest';
import { counted } from '../../src/base/counted.ts';
import { foldLine } from '../../src/base/fold-line.ts';

it.each([
  [0, '0 runs'],
  [1, '1 run'],
  [2, '2 runs'],
])('%d has its own plural', (n, text) => {
  expect(counted(n, 'run')).toBe(text);
});

it('a long line goes on at spaces and after the bars of a mask', () => {
  const mask = Array.from({ length: 6 }, (_, i) => `__GFP_NUMBER_${i}`).join('|');
  expect(foldLine(`request    order 0, ${mask}`, 11)).toEqual([
    'request    order 0, __GFP_NUMBER_0|__GFP_NUMBER_1|__GFP_NUMBER_2|__GFP_NUMBER_3|',
    '           __GFP_NUMBER_4|__GFP_NUMBER_5',
  ]);
  expect(foldLine('short', 2)).toEqual(['short']);
});
