import { describe, expect, test } from 'vitest';
import { toAscii } from '../../src/report/ascii.ts';
import {
  fixed,
  formatDifference,
  formatEstimate,
  formatPlain,
  formatValue,
} from '../../src/report/numbers.ts';
import { alignTable, breakName, clip, wrap } from '../../src/report/table.ts';

describe('numbers', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [166209, '166209'],
    [974.23, '974.2'],
    [12345.6, '12346'],
    [0.4982, '0.4982'],
    [0.5, '0.5'],
    [0.00012345, '0.000123'],
    [-2.71234, '-2.712'],
  ])('%d is written %s', (value, expected) => {
    expect(formatPlain(value)).toBe(expected);
  });

  test.each([
    [850, 'ns', '850 ns'],
    [12_300, 'ns', '12.3 us'],
    [1_061_000, 'ns', '1.061 ms'],
    [2_500_000_000, 'ns', '2.5 s'],
    [0, 'ns', '0 ns'],
    [304, 'bytes', '304 B'],
    [1024 * 1024 * 1.5, 'bytes', '1.5 MiB'],
    [7, 'pages', '7'],
  ] as const)('%d %s is written %s', (value, unit, expected) => {
    expect(formatValue(value, unit)).toBe(expected);
  });

  test('an interval shows two digits of its half width, not more than five of the value', () => {
    const estimate = { value: 978.75, low: 972.9968, high: 984.5032, n: 8 };
    expect(formatEstimate(estimate, 'count')).toBe('978.8 [973.0, 984.5]');
    const narrow = { value: 19985.875, low: 19982.896, high: 19988.853, n: 8 };
    expect(formatDifference(narrow, 'index')).toBe('+19986 [+19983, +19989]');
    const wide = { value: 2573.4, low: -3309.03, high: 8455.78, n: 8 };
    expect(formatDifference(wide, 'index')).toBe('+2573 [-3309, +8456]');
  });

  test('one scale serves a value and its limits', () => {
    const estimate = { value: 950_000, low: 900_000, high: 1_000_000, n: 3 };
    expect(formatEstimate(estimate, 'ns')).toBe('0.950 [0.900, 1.000] ms');
  });

  test('exact values claim no interval', () => {
    const exact = { value: 186, low: 186, high: 186, n: 1, exact: true };
    expect(formatEstimate(exact, 'index')).toBe('186');
    expect(formatDifference(exact, 'index')).toBe('+186');
    expect(formatDifference({ ...exact, value: -2 }, 'index')).toBe('-2');
    expect(formatDifference({ ...exact, value: 0 }, 'index')).toBe('0');
  });

  test('nothing is ever minus zero', () => {
    expect(fixed(-0.001, 2)).toBe('0.00');
    expect(fixed(-0.4, 0)).toBe('0');
    expect(fixed(-0.006, 2)).toBe('-0.01');
  });
});

describe('layout', () => {
  test('columns are as wide as their widest cell; no line ends in a space', () => {
    const rows = [
      ['a', '1', ''],
      ['bbb', '100', 'x'],
    ];
    expect(alignTable(rows, ['left', 'right', 'left'])).toEqual(['a      1', 'bbb  100  x']);
  });

  test('text wraps at spaces, and words that fit no line are cut', () => {
    expect(wrap('one two  three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefgh ij', 5, ' ')).toEqual([' abcd', ' efgh', ' ij']);
    expect(wrap('  ', 5)).toEqual([]);
  });

  test('metric names break after underscores', () => {
    expect(breakName('kmemleak_death_alloc', 12)).toEqual(['kmemleak_', 'death_alloc']);
    expect(breakName('livelock', 4)).toEqual(['livelock']);
  });

  test('a cut name is seen to be cut', () => {
    expect(clip('quiet-2011', 10)).toBe('quiet-2011');
    expect(clip('quiet-2011', 9)).toBe('quiet-20~');
  });

  test('mail gets plain ASCII', () => {
    expect(toAscii('32 … 4096 – “½” ≥ 1 µs\t✓')).toBe('32 ... 4096 - "?" >= 1 us ?');
  });
});
