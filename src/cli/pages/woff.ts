import { inflateSync } from 'node:zlib';
import { assert } from '../../base/assert.ts';

// A font in WOFF is the tables of an OpenType font, each packed by itself (W3C, WOFF 1.0):
//
//   header   'wOFF' │ flavor │ … │ tables, at 12 │ …                     44 bytes, big-endian
//   entry    tag │ offset │ packed length │ length │ checksum            20 bytes a table
//
//   header   flavor │ tables │ …                                         12 bytes
//   entry    tag │ checksum │ offset │ length                            16 bytes a table

const MAGIC = 0x774f4646;
const WOFF_HEADER = 44;
const WOFF_ENTRY = 20;
const SFNT_HEADER = 12;
const SFNT_ENTRY = 16;

/** Unpacks a font once, so that nobody who uses it many times has to do so each time. */
export function unpackWoff(woff: Buffer): Uint8Array {
  assert(woff.readUInt32BE(0) === MAGIC, 'a font is not in WOFF');
  const count = woff.readUInt16BE(12);
  const head = Buffer.alloc(SFNT_HEADER + SFNT_ENTRY * count);
  woff.copy(head, 0, 4, 8);
  head.writeUInt16BE(count, 4);
  const parts: Buffer[] = [head];
  let end = head.length;
  for (let table = 0; table < count; table++) {
    const from = WOFF_HEADER + WOFF_ENTRY * table;
    const to = SFNT_HEADER + SFNT_ENTRY * table;
    const data = tableAt(woff, from);
    woff.copy(head, to, from, from + 4);
    woff.copy(head, to + 4, from + 16, from + 20);
    head.writeUInt32BE(end, to + 8);
    head.writeUInt32BE(data.length, to + 12);
    const padding = (4 - (data.length % 4)) % 4;
    parts.push(data, Buffer.alloc(padding));
    end += data.length + padding;
  }
  return Buffer.concat(parts);
}

/** What would not have become smaller is not packed. */
function tableAt(woff: Buffer, entry: number): Buffer {
  const offset = woff.readUInt32BE(entry + 4);
  const packed = woff.readUInt32BE(entry + 8);
  const length = woff.readUInt32BE(entry + 12);
  const bytes = woff.subarray(offset, offset + packed);
  return packed < length ? inflateSync(bytes) : bytes;
}
