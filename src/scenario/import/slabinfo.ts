import type { SlabCacheState } from '../../model/machine-config.ts';
import { type DumpLine, DumpText } from './dump-text.ts';

// name  active_objs num_objs objsize objperslab pagesperslab : tunables l b s : slabdata a n s
const VERSION = /^slabinfo - version: 2\.\d/;
const LINE = /^(.*\S)((?:\s+\S+){5})\s*:\s*tunables((?:\s+\S+){3})\s*:\s*slabdata((?:\s+\S+){3})/;
const EXPECTED = 'a cache line of slabinfo 2.1';

/**
 * Reads /proc/slabinfo, SLUB's or SLAB's, version 2.x. Cache names may hold anything but a line
 * end. `objectSize` is what slabinfo prints: the object with its metadata, not what was asked.
 */
export function parseSlabinfo(text: string, file: string): SlabCacheState[] {
  const dump = new DumpText(text, file);
  const caches: SlabCacheState[] = [];
  let first = true;
  for (const line of dump.lines()) {
    if (!first) caches.push(readCache(dump, line));
    else if (!VERSION.test(line.text)) throw dump.unexpected(line, "'slabinfo - version: 2.1'");
    first = false;
  }
  return caches;
}

function readCache(dump: DumpText, line: DumpLine): SlabCacheState {
  const match = LINE.exec(line.text);
  if (match === null) throw dump.unexpected(line, EXPECTED);
  const name = match[1]!;
  const [active, total, objectSize, perSlab, pages] = dump
    .counts(
      { ...line, text: line.text.slice(0, name.length + match[2]!.length) },
      name.length,
      name,
    )
    .concat([0, 0, 0, 0, 0]) as [number, number, number, number, number];
  const slabdata = match[0].length - match[4]!.length;
  const slabs = dump.counts({ ...line, text: match[0] }, slabdata, `slabs of ${name}`)[1]!;
  if (objectSize < 1 || perSlab < 1 || !isPowerOfTwo(pages) || active > total) {
    throw dump.unexpected(line, 'active ≤ all objects, sizes above 0, pages a power of two');
  }
  const order = Math.round(31 - Math.clz32(pages));
  return { name, objectSize, order, objectsPerSlab: perSlab, activeObjects: active, slabs };
}

function isPowerOfTwo(value: number): boolean {
  return value >= 1 && value < 2 ** 31 && (value & (value - 1)) === 0;
}
