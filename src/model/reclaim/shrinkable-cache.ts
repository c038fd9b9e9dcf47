import { assert } from '../../base/assert.ts';
import { PAGE_BYTES } from '../../base/units.ts';
import type { RandomStream } from '../../engine/random-stream.ts';
import type { ShrinkableConfig } from '../machine-config.ts';
import type { PerCpuPages } from '../mm/pcp.ts';
import { PGFREE, type VmStat } from '../vmstat.ts';
import type { Lru } from './lru.ts';
import type { ScanControl } from './scan-control.ts';
import type { Shrinkable } from './shrinkers.ts';

/** Where given-back pages go. */
export interface ShrinkableParts {
  readonly pcp: PerCpuPages;
  readonly lru: Lru;
  readonly vmstat: VmStat;
}

/**
 * A cache of objects that were made before the load started and that nobody asks for again:
 * dentries, inodes. A slab goes back when its last object does.
 *
 *   coldest │ object, object, … │ warmest      an object is the number of its slab
 *
 * Models: fs/dcache.c prune_dcache_sb, fs/inode.c prune_icache_sb over SLUB (4.17, 6.1, 6.12).
 * Departs: slabs of one page; objects age in an order that has nothing to do with their slabs; no
 * object is used meanwhile or made anew; pinned ones are not even counted.
 */
export class ShrinkableCache implements Shrinkable {
  readonly name: string;
  readonly seeks: number;
  readonly needsFs = true;
  /** Slabs that it has. */
  slabs: number;
  readonly #parts: ShrinkableParts;
  /** Slab of each object that can be given back, the warmest first; `#left` of them are there. */
  readonly #slabOf: Int32Array;
  #left: number;
  /** Objects in each slab, pinned ones included, and its pfn. */
  readonly #inSlab: Int32Array;
  readonly #pfns: Int32Array;

  constructor(spec: ShrinkableConfig, parts: ShrinkableParts, draws: RandomStream) {
    const perSlab = Math.floor(PAGE_BYTES / spec.objectBytes);
    assert(perSlab > 0, 'an object larger than a page');
    this.name = spec.name;
    this.seeks = spec.seeks;
    this.#parts = parts;
    this.slabs = Math.ceil(spec.objects / perSlab);
    this.#inSlab = new Int32Array(this.slabs);
    this.#pfns = new Int32Array(this.slabs);
    const slabOf = new Int32Array(spec.objects);
    for (let object = 0; object < spec.objects; object++) {
      const slab = Math.floor(object / perSlab);
      this.#inSlab[slab]!++;
      slabOf[object] = slab;
    }
    shuffle(slabOf, draws);
    const pinned = Math.floor((spec.objects * spec.pinnedPercent) / 100);
    this.#slabOf = slabOf.subarray(0, spec.objects - pinned);
    this.#left = this.#slabOf.length;
  }

  /** Puts its slabs into frames that boot left in use. */
  lay(frames: { takeOther(name: string): number }): void {
    for (let slab = 0; slab < this.slabs; slab++) this.#pfns[slab] = frames.takeOther(this.name);
  }

  count(): number {
    return this.#left;
  }

  scan(objects: number, control: ScanControl): number {
    let freed = 0;
    const end = Math.max(0, this.#left - objects);
    while (this.#left > end) {
      const slab = this.#slabOf[--this.#left]!;
      if (--this.#inSlab[slab]! > 0) continue;
      this.#giveBack(this.#pfns[slab]!, control.context.cpu);
      freed++;
    }
    return freed;
  }

  #giveBack(pfn: number, cpu: number): void {
    const { pcp, lru, vmstat } = this.#parts;
    pcp.free(cpu, lru.zoneOf(pfn), pfn, 0);
    vmstat.add(PGFREE, 1);
    this.slabs--;
  }
}

function shuffle(values: Int32Array, draws: RandomStream): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = draws.below(i + 1);
    const value = values[i]!;
    values[i] = values[j]!;
    values[j] = value;
  }
}
