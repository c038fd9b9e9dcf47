import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import type { KernelProfile } from '../../src/kernel/kernel-profile.ts';
import {
  MIGRATE_HIGHATOMIC,
  MIGRATE_TYPES,
  type ZoneConfig,
} from '../../src/model/machine-config.ts';
import { buildParts, type MachineParts, NO_LOAD } from '../../src/model/machine-parts.ts';
import { ORDERS, type Zone } from '../../src/model/mm/zone.ts';
import { NONE, WOULD_BLOCK } from '../../src/model/page-source.ts';
import { TaskContext } from '../../src/model/sched/task-context.ts';
import { KERNELS, machineOf } from '../model/machines.ts';

// The page allocator against a naive ledger: a set of all pages that somebody holds. Whatever
// order of requests it meets, no page is handed out twice, none is lost, every count is the
// length of its list, and no two free buddies lie side by side unmerged. fast-check prints the
// seed and the path of a failure, and shrinks it.

const CPUS = 2;
const MASKS = ['GFP_KERNEL', 'GFP_ATOMIC', 'GFP_NOWAIT', 'GFP_HIGHUSER_MOVABLE', 'GFP_DMA'];

/** Starts and ends inside a pageblock, so that the zone's edges are met. */
function zoneOf(
  place: Pick<ZoneConfig, 'name' | 'index' | 'startPfn'>,
  pages: number,
  free: number,
): ZoneConfig {
  return {
    ...{ ...place, spanned: pages, present: pages, managed: pages },
    watermarks: { min: 60, low: 75, high: 90, promo: 105 },
    boost: 0,
    lowmemReserve: place.index === 0 ? [0, 0, 40, 40] : [0, 0, 0, 0],
    pcp: { batch: 7, high: 30, highMin: 30, highMax: 60 },
    free: { pages: free, pcp: [3, 0] },
  };
}

type Step =
  | readonly ['take', number, number, number]
  | readonly ['give', number, number]
  | ['drain'];

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant('take' as const), order(), mask(), cpu()) },
    { weight: 4, arbitrary: fc.tuple(fc.constant('give' as const), fc.nat(1 << 20), cpu()) },
    { weight: 1, arbitrary: fc.constant<['drain']>(['drain']) },
  ),
  { minLength: 20, maxLength: 400 },
);

function order() {
  return fc.oneof({ weight: 5, arbitrary: fc.nat(1) }, fc.nat(ORDERS));
}

function mask() {
  return fc.nat(MASKS.length - 1);
}

function cpu() {
  return fc.nat(CPUS - 1);
}

describe.each(KERNELS)('pages of $name', (kernel) => {
  it('are neither lost nor handed out twice', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (script, scarce) => {
        const ledger = new Ledger(kernel, scarce);
        for (const step of script) ledger.perform(step);
        ledger.giveAllBack();
      }),
      { numRuns: 200 },
    );
  });
});

class Ledger {
  readonly #parts: MachineParts;
  readonly #kernel: KernelProfile;
  readonly #contexts: TaskContext[];
  readonly #blocks: { readonly pfn: number; readonly order: number }[] = [];
  readonly #held = new Set<number>();

  /** Scarce: around its watermarks, where reserves, boosts and slow paths are met. */
  constructor(kernel: KernelProfile, scarce: boolean) {
    const dma = { name: 'DMA', index: 0, startPfn: 1 } as const;
    const normal = { name: 'Normal', index: 2, startPfn: 4096 + 100 } as const;
    const zones = [
      zoneOf(dma, 1500, scarce ? 180 : 1200),
      zoneOf(normal, 3000, scarce ? 190 : 2700),
    ];
    const config = machineOf(kernel, zones, { cpus: CPUS, cleanFilePages: 200 });
    this.#kernel = kernel;
    this.#parts = buildParts(config, NO_LOAD, new RandomStreams('1', 0));
    this.#contexts = Array.from({ length: CPUS }, (_, i) =>
      Object.assign(new TaskContext(), { cpu: i }),
    );
    this.#check();
  }

  perform(step: Step): void {
    if (step[0] === 'take') this.#take(step[1], MASKS[step[2]]!, this.#contexts[step[3]]!);
    else if (step[0] === 'give') this.#give(step[1], this.#contexts[step[2]]!);
    else this.#parts.memory.pcp.drainAll();
    this.#check();
  }

  giveAllBack(): void {
    while (this.#blocks.length > 0) this.#give(0, this.#contexts[0]!);
    this.#parts.memory.pcp.drainAll();
    this.#check();
    expect(this.#parts.pages.pagesInUse).toBe(0);
  }

  #take(order: number, name: string, context: TaskContext): void {
    const gfp = this.#kernel.gfp.composites[name]!;
    const { pages } = this.#parts;
    let pfn = pages.allocate(order, gfp, context);
    if (pfn === WOULD_BLOCK) pfn = this.#insist(order, gfp, context);
    if (pfn === NONE) return;
    expect(pfn % (1 << order)).toBe(0);
    if (name === 'GFP_DMA') expect(pfn).toBeLessThan(4096);
    for (let page = pfn; page < pfn + (1 << order); page++) {
      must(!this.#held.has(page), `page ${page} is handed out twice`);
      this.#held.add(page);
    }
    this.#blocks.push({ pfn, order });
  }

  /** Lets the slow path go on until it answers, or long enough to see that it will not. */
  #insist(order: number, gfp: number, context: TaskContext): number {
    const slow = this.#parts.pages.allocateSlowly(order, gfp, context);
    for (let waits = 0; waits < 100; waits++) {
      const step = slow.next();
      if (step.done === true) return step.value;
    }
    return NONE;
  }

  #give(choice: number, context: TaskContext): void {
    if (this.#blocks.length === 0) return;
    const [block] = this.#blocks.splice(choice % this.#blocks.length, 1);
    for (let page = block!.pfn; page < block!.pfn + (1 << block!.order); page++) {
      this.#held.delete(page);
    }
    this.#parts.pages.free(block!.pfn, block!.order, context);
  }

  #check(): void {
    const { memory, pages } = this.#parts;
    let counted = memory.keptByBoot + memory.pcp.pages() + this.#held.size;
    let managed = 0;
    const free = new Map<number, number>();
    for (const zone of memory.zones) {
      this.#checkLists(zone, free);
      counted += zone.freePages + memory.lru.pagesOf(zone);
      managed += zone.managed;
    }
    expect(counted).toBe(managed);
    expect(pages.pagesInUse).toBe(this.#held.size);
    for (const [pfn, order] of free) this.#checkBuddies(pfn, order, free);
  }

  #checkLists(zone: Zone, free: Map<number, number>): void {
    const { frames } = this.#parts.memory;
    const blocks = new Array<number>(ORDERS).fill(0);
    let pagesFree = 0;
    let highatomic = 0;
    for (let type = 0; type < MIGRATE_TYPES; type++) {
      for (let order = 0; order < ORDERS; order++) {
        const list = zone.list(type, order);
        for (let pfn = frames.first(list); pfn !== list; pfn = frames.after(pfn)) {
          must(frames.freeOrder(pfn) === order, `${pfn} is on the list of another order`);
          for (let i = 0; i < 1 << order; i++) must(!this.#held.has(pfn + i), `${pfn + i} is held`);
          free.set(pfn, order);
          blocks[order]!++;
          pagesFree += 1 << order;
          if (type === MIGRATE_HIGHATOMIC) highatomic += 1 << order;
        }
      }
    }
    expect(zone.freePages).toBe(pagesFree);
    // Where the kernel does not count them, a page may come back from a per-CPU list as the type
    // that its pageblock no longer has.
    const { highatomicSubtracts } = this.#kernel.rules;
    if (highatomicSubtracts === 'free') expect(zone.freeHighatomic).toBe(highatomic);
    expect([...zone.freeBlocks]).toEqual(blocks);
    expect(zone.reservedHighatomic).toBe(this.#highatomicPages(zone));
  }

  #highatomicPages(zone: Zone): number {
    const { pageblocks } = this.#parts.memory.buddy;
    const first = zone.startPfn - (zone.startPfn % zone.pageblockPages);
    let pages = 0;
    for (let pfn = first; pfn < zone.endPfn; pfn += zone.pageblockPages) {
      if (pageblocks.typeOf(pfn) === MIGRATE_HIGHATOMIC) pages += zone.pageblockPages;
    }
    return pages;
  }

  /** Below a pageblock nothing keeps two free buddies apart. */
  #checkBuddies(pfn: number, order: number, free: ReadonlyMap<number, number>): void {
    if (order >= this.#parts.memory.buddy.pageblocks.order) return;
    must(free.get(pfn ^ (1 << order)) !== order, `free buddies at ${pfn}, order ${order}`);
  }
}

/** Asked for every page after every step: cheaper than an expectation. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
