import { describe, expect, it } from 'vitest';
import { Catalog, type Named } from '../../src/base/catalog.ts';

const entry = (name: string): Named => ({ name, summary: `the ${name}` });
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

  it('finds an entry under its other names, and lists it once', () => {
    const named = catalog.with({ ...entry('nofail-4.15'), aliases: ['v4.17'] });
    expect(named.get('v4.17').name).toBe('nofail-4.15');
    expect([named.nameOf('v4.17'), named.nameOf('mine')]).toEqual(['nofail-4.15', 'mine']);
    expect(named.names()).not.toContain('v4.17');
  });

  it('refuses namesakes, also when more are added', () => {
    expect(() => catalog.with(entry('fi-nofail'))).toThrow('share one name');
    expect(catalog.with(entry('mine')).names()).toContain('mine');
    expect(catalog.has('mine')).toBe(false);
  });
});
