import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../src/engine/random-stream.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import { DEFAULT_COSTS } from '../../src/model/costs.ts';
import { NO_OWNER, PAGE_DIRTY, PAGE_YOUNG, PageFrames } from '../../src/model/mm/page-frames.ts';
import { Zone } from '../../src/model/mm/zone.ts';
import { NONE, type SlowPath, WOULD_BLOCK } from '../../src/model/page-source.ts';
import { AddressSpaces, slotOf } from '../../src/model/reclaim/address-spaces.ts';
import { ACTIVE_ANON, INACTIVE_ANON, Lru } from '../../src/model/reclaim/lru.ts';
import { TaskContext } from '../../src/model/sched/task-context.ts';
import { AnonymousMemory } from '../../src/model/user/anonymous-memory.ts';
import { ACCESSED } from '../../src/model/user/user-pages.ts';
import { VmStat } from '../../src/model/vmstat.ts';
import { zoneX } from '../model/machines.ts';

/*
 * Page tables, swap entries and the counters of processes against a naive shadow: one map from
 * virtual pages to what they hold. Pages are refused and requests block as the dice say.
 */

const SEED = process.env['FUZZ_SEED'] ?? '1';
const STEPS = Number(process.env['FUZZ_STEPS'] ?? 8_000);
const FRAMES = 2000;
const ANONYMOUS = 1;
const TABLE = 2;
const SWAP_IN = 3;

class DicedPages {
  readonly out = new Set<number>();
  onLru = 0;
  readonly #random: RandomStream;
  readonly #zone: Zone;
  readonly #free: number[] = [];

  constructor(random: RandomStream, zone: Zone) {
    this.#random = random;
    this.#zone = zone;
    for (let pfn = FRAMES - 1; pfn >= 0; pfn--) this.#free.push(pfn);
  }

  allocate(): number {
    const roll = this.#random.below(8);
    if (roll === 0) return NONE;
    return roll === 1 ? WOULD_BLOCK : this.#take();
  }

  *allocateSlowly(): SlowPath {
    yield 10;
    return this.#random.below(4) === 0 ? NONE : this.#take();
  }

  free(pfn: number): void {
    if (!this.out.delete(pfn)) throw new Error('expected the page to be out');
    this.#free.push(pfn);
  }

  handOver(pages: number): void {
    this.onLru += pages;
  }

  zoneOf(): Zone {
    return this.#zone;
  }

  #take(): number {
    const pfn = this.#free.pop();
    if (pfn === undefined) return NONE;
    this.out.add(pfn);
    return pfn;
  }
}

/** Slots; some of them keep their page in memory until `settle`. */
class ShadowSwap {
  readonly taken = new Map<number, number>();
  #next = 0;

  take(pfn: number): number {
    this.taken.set(this.#next, pfn);
    return this.#next++;
  }

  pageOf(slot: number): number {
    return this.taken.get(slot)!;
  }

  /** Its parity tells whether the page starts active. */
  shadowOf(slot: number): number {
    return slot;
  }

  *read(): SlowPath {
    yield 100;
    return NONE;
  }

  release(slot: number): void {
    if (!this.taken.delete(slot)) throw new Error('expected the slot to be taken');
  }
}

type Mistake = 'none' | 'swap-keeps-rss' | 'tables-stay';

class Fuzz {
  readonly #random: RandomStream;
  readonly #mistake: Mistake;
  readonly #frames = new PageFrames(FRAMES, 100);
  readonly #spaces: AddressSpaces;
  readonly #lru: Lru;
  readonly #pages: DicedPages;
  readonly #swap = new ShadowSwap();
  readonly #memory: AnonymousMemory;
  readonly #context = new TaskContext();
  /** Virtual page → pfn when resident, −2 − slot when swapped out. */
  readonly #shadow = new Map<number, number>();
  readonly #tables = new Set<number>();

  constructor(seed: string, mistake: Mistake) {
    const streams = new RandomStreams(seed, 0);
    this.#random = streams.stream('fuzz');
    this.#mistake = mistake;
    const setting = { pageblockOrder: 9, boostFactor: 0, cpus: 1 };
    const config = { ...zoneX({ pages: 0 }), startPfn: 0, spanned: FRAMES };
    const zone = new Zone(config, this.#frames, setting);
    const vmstat = new VmStat();
    this.#lru = new Lru(this.#frames, [zone], vmstat);
    this.#pages = new DicedPages(streams.stream('pages'), zone);
    this.#spaces = new AddressSpaces(this.#frames, [
      { name: 'one', pages: 700, oomScoreAdj: 0, parent: -1 },
      { name: 'two', pages: 1500, oomScoreAdj: 0, parent: 0 },
      { name: 'three', pages: 100, oomScoreAdj: 0, parent: 0 },
    ]);
    this.#memory = new AnonymousMemory({
      kernel: { anonymous: ANONYMOUS, pageTable: TABLE, swapIn: SWAP_IN },
      frames: this.#frames,
      pages: this.#pages,
      spaces: this.#spaces,
      lru: this.#lru,
      swap: this.#swap,
      refaults: { comesBack: (_, shadow) => shadow % 2 === 1 },
      vmstat,
      costs: DEFAULT_COSTS,
      startsActive: seed.length % 2 === 0,
    });
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step++) {
      const roll = this.#random.below(1000);
      if (roll < 700) this.#touch();
      else if (roll < 950) this.#swapOut();
      else if (roll < 990) this.#writeEnds();
      else if (roll < 992) this.#exit();
      if (step % 16 === 0) this.#compare();
    }
    for (const process of this.#spaces.processes) drain(this.#memory.exit(process, this.#context));
    this.#swap.taken.forEach((_, slot) => {
      throw new Error(`expected slot ${slot} to be free`);
    });
  }

  #touch(): void {
    const process = this.#spaces.processes[this.#random.below(3)]!;
    const page = process.base + this.#random.below(process.pages);
    let answer = this.#memory.touch(page, this.#context);
    if (answer === WOULD_BLOCK) answer = drain(this.#memory.touchSlowly(page, this.#context));
    if (this.#spaces.hasTable(page)) this.#tables.add(page >> 9);
    const entry = this.#spaces.entryOf(page);
    const held = this.#shadow.get(page);
    if (answer !== ACCESSED) {
      expect(answer).toBe(NONE);
      expect(entry).toBe(held ?? -1);
      return;
    }
    if (held !== undefined && held >= 0) expect(entry).toBe(held);
    if (held !== undefined && held < 0) expect(this.#swap.taken.has(slotOf(held))).toBe(false);
    expect(entry).toBeGreaterThanOrEqual(0);
    expect(this.#frames.ownerOf(entry)).toBe(page);
    expect(this.#frames.hasFlag(entry, PAGE_YOUNG)).toBe(true);
    expect(this.#frames.hasFlag(entry, PAGE_DIRTY)).toBe(true);
    this.#shadow.set(page, entry);
  }

  /** As reclaim would: a page leaves; its content stands in a slot, or in the swap cache too. */
  #swapOut(): void {
    const resident = [...this.#shadow].filter(([, held]) => held >= 0);
    if (resident.length === 0) return;
    const [page, pfn] = resident[this.#random.below(resident.length)]!;
    const staysCached = this.#random.below(2) === 0;
    const slot = this.#swap.take(staysCached ? pfn : NONE);
    const wasYoung = this.#frames.hasFlag(pfn, PAGE_YOUNG);
    expect(this.#spaces.unmap(pfn, slot)).toBe(wasYoung);
    expect(this.#frames.ownerOf(pfn)).toBe(-2 - slot);
    if (!staysCached) this.#drop(pfn);
    this.#shadow.set(page, -2 - slot);
  }

  /** The write of a cached page ends: reclaim frees it. */
  #writeEnds(): void {
    for (const [slot, pfn] of this.#swap.taken) {
      if (pfn === NONE) continue;
      this.#swap.taken.set(slot, NONE);
      this.#drop(pfn);
      return;
    }
  }

  #drop(pfn: number): void {
    const zone = this.#pages.zoneOf();
    this.#lru.remove(zone, pfn);
    this.#pages.handOver(-1);
    this.#frames.setOwner(pfn, NO_OWNER);
    this.#pages.free(pfn);
  }

  #exit(): void {
    const process = this.#spaces.processes[this.#random.below(3)]!;
    // Pages of the swap cache are reclaim's to drop.
    for (const [slot, pfn] of this.#swap.taken) {
      if (pfn !== NONE && this.#ownerOf(slot) === process.id) {
        this.#swap.taken.set(slot, NONE);
        this.#drop(pfn);
      }
    }
    drain(this.#memory.exit(process, this.#context));
    process.exited = false;
    for (const page of [...this.#shadow.keys()]) {
      if (this.#spaces.processOf(page) === process) this.#shadow.delete(page);
    }
    if (this.#mistake === 'tables-stay') return;
    for (const table of [...this.#tables]) {
      if (this.#spaces.processOf(table << 9) === process) this.#tables.delete(table);
    }
  }

  #ownerOf(slot: number): number {
    for (const [page, held] of this.#shadow) {
      if (held === -2 - slot) return this.#spaces.processOf(page).id;
    }
    return NONE;
  }

  #compare(): void {
    const rss = [0, 0, 0];
    const swapped = [0, 0, 0];
    for (const [page, held] of this.#shadow) {
      const { id } = this.#spaces.processOf(page);
      if (held >= 0 || this.#mistake === 'swap-keeps-rss') rss[id]!++;
      if (held < 0) swapped[id]!++;
    }
    for (const process of this.#spaces.processes) {
      expect(process.rss).toBe(rss[process.id]);
      expect(process.swapEntries).toBe(swapped[process.id]);
    }
    const tables = this.#spaces.processes.reduce((sum, { tablePages }) => sum + tablePages, 0);
    expect(tables).toBe(this.#tables.size);
    const resident = [...this.#shadow.values()].filter((held) => held >= 0).length;
    const cached = [...this.#swap.taken.values()].filter((pfn) => pfn !== NONE).length;
    expect(this.#lru.sizeOf(INACTIVE_ANON) + this.#lru.sizeOf(ACTIVE_ANON)).toBe(resident + cached);
    expect(this.#pages.onLru).toBe(resident + cached);
    expect(this.#pages.out.size).toBe(resident + cached + tables);
  }
}

function drain(path: SlowPath): number {
  let step = path.next();
  while (step.done !== true) step = path.next();
  return step.value;
}

describe(`user memory, FUZZ_SEED=${SEED} FUZZ_STEPS=${STEPS}`, () => {
  it.each([SEED, `${SEED}a`])('agrees with its shadow, seed %s', (seed) => {
    new Fuzz(seed, 'none').run(STEPS);
  });

  it.each(['swap-keeps-rss', 'tables-stay'] as const)('catches %s', (mistake) => {
    expect(() => new Fuzz(SEED, mistake).run(STEPS)).toThrow(/expected/);
  });
});
