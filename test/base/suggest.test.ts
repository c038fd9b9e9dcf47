import { describe, expect, it } from 'vitest';
import { editDistance, nearestName, suggestion } from '../../src/base/suggest.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['min', 'mni', 1],
    ['kitten', 'sitting', 3],
    ['machine', 'machine', 0],
  ])('%s to %s is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe('nearestName', () => {
  it('means a name when at most a third of it is wrong', () => {
    expect(nearestName('memroy', ['memory', 'machine'])).toBe('memory');
    expect(nearestName('KMEMLEAK', ['kmemleak'])).toBe('kmemleak');
    expect(nearestName('xyz', ['memory', 'machine'])).toBeUndefined();
  });
});

describe('suggestion', () => {
  it('lists what there is when nothing is near, but not without end', () => {
    expect(suggestion('xyz', ['memory', 'machine'])).toBe('known: memory, machine');
    const many = Array.from({ length: 40 }, (_, i) => `name-${i}-of-many`);
    expect(suggestion('xyz', many)).toMatch(/^known: name-0-of-many.{200,300} and others$/);
  });
});
