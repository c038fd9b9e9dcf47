import { describe, expect, it } from 'vitest';
import { Catalog } from '../../src/base/catalog.ts';

const entry = (name: string) => ({ name, summary: `the ${name}` });
const catalog = new Catalog('variant', ['rfc-strict', 'quiet-2011', 'fi-nofail'].map(entry));

describe('Catalog', () => {
  it('stands in the order of its names', () => {
    expect(catalog.names()).toEqual(['fi-nofail', 'quiet-2011', 'rfc-strict']);
  });

  it('says the nearest name of a wrong one', () => {
    expect(() => catalog.get('rfc-strikt')).toThrow(
      "unknown variant 'rfc-strikt'; did you mean 'rfc-strict'?",
    );
    expect(() => catalog.get('zzz')).toThrow('known: fi-nofail, quiet-2011, rfc-strict');
  });

  it('refuses namesakes, also when more are added', () => {
    expect(() => catalog.with(entry('fi-nofail'))).toThrow('share one name');
    expect(catalog.with(entry('mine')).names()).toContain('mine');
    expect(catalog.has('mine')).toBe(false);
  });
});
