import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  parseBytes,
  parseDuration,
  parsePages,
  parsePercent,
} from '../../src/base/units.ts';
import { UserError } from '../../src/base/user-error.ts';

describe('sizes', () => {
  it.each([
    ['128MiB', 134217728],
    ['128M', 134217728],
    ['128m', 134217728],
    ['1.5GiB', 1610612736],
    ['1338kB', 1370112],
    ['4 KiB', 4096],
    ['3pages', 12288],
    ['1page', 4096],
    ['7B', 7],
    ['2TiB', 2199023255552],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each([
    ['128', 'has no unit'],
    [128, 'has no unit'],
    ['128MB', "did you mean 'MiB'"],
    ['128Mib', "did you mean 'MiB'"],
    ['128 furlongs', 'unknown unit'],
    ['-1MiB', 'is negative'],
    ['NaN', 'is not a size'],
    ['', 'is not a size'],
    ['1e3MiB', 'is not a size'],
    ['0x10KiB', 'is not a size'],
    ['Infinity', 'is not a size'],
    ['0.3B', 'not a whole size'],
    ['9007199254740993B', 'too large'],
    ['99999999TiB', 'too large'],
    [Number.NaN, 'is not a size'],
  ])('refuses %s', (text, message) => {
    expect(() => parseBytes(text)).toThrow(UserError);
    expect(() => parseBytes(text)).toThrow(message);
  });

  it('keeps noise out of the message', () => {
    const noise = 'x'.repeat(10_000);
    expect(() => parseBytes(noise)).toThrow(/^.{0,200}$/);
  });

  it('prints what it reads, for every whole number of bytes', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseBytes(formatBytes(bytes)) === bytes));
  });
});

describe('page counts', () => {
  it('takes a bare count or a whole number of pages as a size', () => {
    expect(parsePages(3977)).toBe(3977);
    expect(parsePages('3977')).toBe(3977);
    expect(parsePages('16MiB')).toBe(4096);
    expect(parsePages('12pages')).toBe(12);
  });

  it.each([
    ['1KiB', 'whole number of 4096-byte pages'],
    ['-1', 'negative'],
    [1.5, 'has no unit'],
    ['NaN', 'is not a page count'],
  ])('refuses %s', (text, message) => {
    expect(() => parsePages(text)).toThrow(message);
  });
});

describe('durations', () => {
  it.each([
    ['12ms', 12_000_000],
    ['60s', 60_000_000_000],
    ['1.5us', 1500],
    ['0ns', 0],
    ['2min', 120_000_000_000],
    ['1h', 3_600_000_000_000],
  ])('%s is %d ns', (text, ns) => {
    expect(parseDuration(text)).toBe(ns);
  });

  it.each(['60', 60, '60m', '-1s', '0.5ns', '1 day', 'forever'])('refuses %s', (text) => {
    expect(() => parseDuration(text)).toThrow(UserError);
  });

  it('prints the largest exact unit', () => {
    expect(formatDuration(60_000_000_000)).toBe('1min');
    expect(formatDuration(90_000_000_000)).toBe('90s');
    expect(formatDuration(0)).toBe('0ns');
    fc.assert(fc.property(fc.maxSafeNat(), (ns) => parseDuration(formatDuration(ns)) === ns));
  });
});

describe('percentages', () => {
  it('reads 10, 10% and 0.5 %', () => {
    expect([parsePercent(10), parsePercent('10%'), parsePercent('0.5 %')]).toEqual([10, 10, 0.5]);
  });

  it.each([101, '-1%', 'NaN', '10 percent'])('refuses %s', (text) => {
    expect(() => parsePercent(text)).toThrow(UserError);
  });
});
