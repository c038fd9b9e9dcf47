import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishHash, hashHex, hex8, mixHash, murmur128 } from '../../src/base/hash.ts';

describe('murmur128', () => {
  it('gives the verification value of the reference test', () => {
    // Keys {}, {0}, {0,1} … hashed with seed 256 - length; the hash of all the hashes is known.
    const hashes = new Uint8Array(256 * 16);
    const key = Uint8Array.from({ length: 256 }, (_, i) => i);
    const view = new DataView(hashes.buffer);
    for (let length = 0; length < 256; length++) {
      const lanes = murmur128(key.subarray(0, length), 256 - length);
      lanes.forEach((lane, i) => {
        view.setUint32(length * 16 + i * 4, lane, true);
      });
    }
    expect(murmur128(hashes, 0)[0]).toBe(0xb3ece62a);
  });

  it('knows the published vectors', () => {
    expect(hashHex('')).toBe('00000000000000000000000000000000');
    expect(hashHex('0')).toBe('0ab2409ea5eb34f8a5eb34f8a5eb34f8');
    expect(hashHex('012')).toBe('cd94fea54c13d78e4c13d78e4c13d78e');
    expect(hashHex('The quick brown fox jumps over the lazy dog')).toBe(
      '2f1583c3ecee2c675d7bf66ce5e91d2c',
    );
  });
});

describe('hashHex', () => {
  it('has 32 lowercase hex digits for any text, and repeats', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hashHex(text)).toMatch(/^[0-9a-f]{32}$/);
        expect(hashHex(text)).toBe(hashHex(text));
      }),
    );
  });

  it('tells texts apart that differ in one letter, in length or outside ASCII', () => {
    const texts = ['a', 'b', 'aa', 'a\0', 'ä', 'å', '😀', '😁', 'a'.repeat(16), 'a'.repeat(17)];
    expect(new Set(texts.map(hashHex)).size).toBe(texts.length);
  });
});

describe('mixHash and finishHash', () => {
  it('are together MurmurHash3 x86_32 of whole words', () => {
    // Published for the four bytes of 0x87654321, little-endian; the length joins before the end.
    const hash32 = (words: number[], seed: number) =>
      hex8(finishHash(words.reduce(mixHash, seed) ^ (4 * words.length)));
    expect(hash32([], 0)).toBe('00000000');
    expect(hash32([], 1)).toBe('514e28b7');
    expect(hash32([], 0xffffffff)).toBe('81f16f39');
    expect(hash32([0xffffffff], 0)).toBe('76293b50');
    expect(hash32([0x87654321], 0)).toBe('f55b516b');
    expect(hash32([0x87654321], 0x5082edee)).toBe('2362f9de');
    expect(hash32([0], 0)).toBe('2362f9de');
  });

  it('depends on the order of words', () => {
    expect(mixHash(mixHash(0, 1), 2)).not.toBe(mixHash(mixHash(0, 2), 1));
  });

  it('stays a 32-bit integer', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (hash, word) => {
        const mixed = mixHash(hash, word);
        expect(mixed).toBe(mixed | 0);
        expect(finishHash(mixed)).toBe(finishHash(mixed) | 0);
      }),
    );
  });
});

it('writes a word as eight digits', () => {
  expect([hex8(0), hex8(-1), hex8(0xabc)]).toEqual(['00000000', 'ffffffff', '00000abc']);
});
