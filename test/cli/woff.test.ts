import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unpackWoff } from '../../src/cli/pages/woff.ts';

const PACKED = Buffer.alloc(30, 'a');

/** Two tables: one that is packed, one that is not. */
function woffOf(): Buffer {
  const packed = deflateSync(PACKED);
  const plain = Buffer.from('xyz');
  const header = Buffer.alloc(44 + 40);
  header.write('wOFF', 0);
  header.writeUInt32BE(0x00010000, 4);
  header.writeUInt16BE(2, 12);
  const entry = (at: number, tag: string, numbers: readonly number[]) => {
    header.write(tag, at);
    numbers.forEach((number, i) => {
      header.writeUInt32BE(number, at + 4 + 4 * i);
    });
  };
  entry(44, 'aaaa', [84, packed.length, 30, 7]);
  entry(64, 'bbbb', [84 + packed.length, 3, 3, 9]);
  return Buffer.concat([header, packed, plain]);
}

test('a font is unpacked table by table, each on a whole number of words', () => {
  const font = Buffer.from(unpackWoff(woffOf()));
  expect([font.readUInt32BE(0), font.readUInt16BE(4), font.length]).toEqual([0x00010000, 2, 80]);
  const entries = [12, 28].map((at) => {
    const numbers = [4, 8, 12].map((offset) => font.readUInt32BE(at + offset));
    return [font.toString('latin1', at, at + 4), ...numbers];
  });
  expect(entries).toEqual([
    ['aaaa', 7, 44, 30],
    ['bbbb', 9, 76, 3],
  ]);
  expect(font.subarray(44, 74)).toEqual(PACKED);
  expect(font.toString('latin1', 74)).toBe('\0\0xyz\0');
});

test('what is no such font is told', () => {
  expect(() => unpackWoff(Buffer.alloc(60))).toThrow('not in WOFF');
});
