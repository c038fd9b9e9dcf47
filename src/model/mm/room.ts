import { NONE } from '../page-source.ts';
import { ORDERS, type Zone } from './zone.ts';

// Unused stretches of pageblocks, to place free blocks into, the largest first.
//
//   a pageblock   [ block k │ k │ k+1 │ … ]   behind a block of order k: stretches of the orders
//                   free      │    └ may hold a block of its own order: its buddy is partly used
//                             └ the block's buddy: holds only smaller blocks, or they would merge

/** A pageblock and its migratetype. */
export interface Home {
  readonly start: number;
  readonly type: number;
}

interface Stretch {
  readonly start: number;
  readonly order: number;
  /** Largest order that may be placed here. */
  readonly largest: number;
}

/**
 * Room for the free blocks of one migratetype.
 *
 * Models: nothing of the kernel's; a made-up placement that every real state could have.
 * Departs: a snapshot only tells how many blocks there are. They are spread evenly over the
 * pageblocks, but for one that the zone's end cuts short: boot frees its initramfs there, at the
 * top of memory, in unaligned pieces. That one is filled first, with blocks of a quarter at most;
 * it matters, because what is in it can neither be stolen nor reserved as a whole.
 */
export class Room {
  readonly #stretches: Stretch[][];
  readonly #free: number[];
  readonly #blockOrder: number;

  constructor(homes: readonly Home[], zone: Zone) {
    this.#blockOrder = 31 - Math.clz32(zone.pageblockPages);
    this.#stretches = homes.map((home) => stretchesIn(home, this.#blockOrder, zone));
    this.#free = homes.map((home) => (isCutShort(home, zone) ? -zone.pageblockPages : 0));
  }

  /** Start of a stretch for a block of this order, which is used from now on; NONE if none fits. */
  place(order: number): number {
    if (order > this.#blockOrder) return this.#placeAcross(order);
    let best = NONE;
    let bestStretch = NONE;
    for (let i = 0; i < this.#stretches.length; i++) {
      if (best !== NONE && this.#free[i]! >= this.#free[best]!) continue;
      const stretch = smallestFor(this.#stretches[i]!, order);
      if (stretch === NONE) continue;
      best = i;
      bestStretch = stretch;
    }
    return best === NONE ? NONE : this.#carve(best, bestStretch, order);
  }

  /** A block of several pageblocks: untouched neighbours, aligned together. */
  #placeAcross(order: number): number {
    const count = 1 << (order - this.#blockOrder);
    const pages = 1 << this.#blockOrder;
    for (let i = 0; i + count <= this.#stretches.length; i++) {
      const run = this.#stretches.slice(i, i + count);
      const start = run[0]![0]?.start ?? 1;
      const isWhole = (stretches: Stretch[], k: number) =>
        stretches[0]?.order === this.#blockOrder && stretches[0].start === start + k * pages;
      if (start % (1 << order) !== 0 || !run.every(isWhole)) continue;
      for (let k = 0; k < count; k++) {
        this.#stretches[i + k] = [];
        this.#free[i + k] = pages;
      }
      return start;
    }
    return NONE;
  }

  #carve(home: number, index: number, order: number): number {
    const stretches = this.#stretches[home]!;
    const [stretch] = stretches.splice(index, 1) as [Stretch];
    for (let k = stretch.order - 1; k >= order; k--) {
      const largest = k === order ? k - 1 : k;
      if (largest >= 0) stretches.push({ start: stretch.start + (1 << k), order: k, largest });
    }
    this.#free[home]! += 1 << order;
    return stretch.start;
  }
}

/** The whole pageblock, or what of it the zone spans, in aligned stretches. */
function stretchesIn(home: Home, blockOrder: number, zone: Zone): Stretch[] {
  const most = isCutShort(home, zone) ? blockOrder - 2 : blockOrder;
  const found: Stretch[] = [];
  const visit = (start: number, order: number): void => {
    const end = start + (1 << order);
    if (start >= zone.startPfn && end <= zone.endPfn) {
      found.push({ start, order, largest: Math.min(order, most) });
    } else if (order > 0 && end > zone.startPfn && start < zone.endPfn) {
      visit(start, order - 1);
      visit(start + (1 << (order - 1)), order - 1);
    }
  };
  visit(home.start, Math.min(blockOrder, ORDERS - 1));
  return found;
}

function isCutShort(home: Home, zone: Zone): boolean {
  return home.start + zone.pageblockPages > zone.endPfn;
}

/** Index of the smallest stretch that may hold the order; NONE if none may. */
function smallestFor(stretches: readonly Stretch[], order: number): number {
  let best = NONE;
  for (let i = 0; i < stretches.length; i++) {
    if (stretches[i]!.largest < order) continue;
    if (best === NONE || stretches[i]!.order < stretches[best]!.order) best = i;
  }
  return best;
}
