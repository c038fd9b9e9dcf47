import { describe, expect, it } from 'vitest';
import { KeyedDice } from '../../../src/engine/keyed-dice.ts';
import { RandomStreams } from '../../../src/engine/random-streams.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import { FailPageAlloc } from '../../../src/model/fault/fail-page-alloc.ts';
import { Failslab } from '../../../src/model/fault/failslab.ts';
import {
  FAIL_PAGE_ALLOC_DEFAULTS,
  FAILSLAB_DEFAULTS,
  type FailPageAllocSpec,
} from '../../../src/model/fault/fault-attr.ts';
import { FaultExemptions } from '../../../src/model/fault/fault-exemptions.ts';
import type { NewFlagOverride } from '../../../src/model/fault/new-flag.ts';
import { Kmemleak } from '../../../src/model/kmemleak/kmemleak.ts';
import { type KmemleakVariant, newFlagOf } from '../../../src/model/kmemleak/variant.ts';
import nofail from '../../../src/model/kmemleak/variants/nofail-4.15.ts';
import nofaultinject from '../../../src/model/kmemleak/variants/nofaultinject.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';
import type { PageSource } from '../../../src/model/page-source.ts';
import { NONE } from '../../../src/model/page-source.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { BoundCache } from '../../../src/model/slab/bound-cache.ts';
import { SlabAllocator } from '../../../src/model/slab/slab-allocator.ts';
import { Warnings } from '../../../src/model/warnings.ts';

/*
 * kmemleak over the slab layer, over pages that only fail_page_alloc refuses: what page-level
 * injection does to metadata. Four CPUs, so that a metadata slab has order 1 and 26 objects.
 */

const KERNEL = 0x14000c0;
const OBJECTS_PER_SLAB = 26;

/** Pages without end, but for the faults. */
class FaultyPages implements PageSource {
  readonly requests: { order: number; gfp: number; given: boolean }[] = [];
  readonly #faults: FailPageAlloc;
  #next = 0;

  constructor(faults: FailPageAlloc) {
    this.#faults = faults;
  }

  allocate(order: number, gfp: number, context: TaskContext): number {
    const given = !this.#faults.shouldFail(gfp, order, context);
    if (this.requests.length < 100) this.requests.push({ order, gfp, given });
    if (!given) return NONE;
    this.#next += 16;
    return this.#next;
  }

  *allocateSlowly() {
    yield 0;
    return NONE;
  }

  free(): void {}
}

interface Setting {
  readonly knobs?: Partial<FailPageAllocSpec>;
  readonly newFlag?: NewFlagOverride;
  readonly seed?: number;
}

class MetadataMachine {
  readonly context = new TaskContext();
  readonly faults: FailPageAlloc;
  readonly pages: FaultyPages;
  readonly kmemleak: Kmemleak;
  readonly slab: SlabAllocator;
  tracked = 0;

  constructor(variant: KmemleakVariant, { knobs, newFlag: override, seed = 1 }: Setting = {}) {
    const kernel = linux417;
    const newFlag = newFlagOf(variant, kernel, override);
    const exemptions = new FaultExemptions(newFlag?.value ?? 0);
    const dice = new KeyedDice(new RandomStreams(String(seed), 0), 'fail_page_alloc');
    const setting = { kernel, exemptions, dice, classes: 1 };
    const spec = { ...FAIL_PAGE_ALLOC_DEFAULTS, probability: 100, times: -1, ...knobs };
    this.faults = new FailPageAlloc(spec, setting);
    this.pages = new FaultyPages(this.faults);
    const owners = new Map<number, number>();
    this.slab = new SlabAllocator({
      kernel,
      cpus: { present: 4, possible: 4 },
      pages: this.pages,
      frames: {
        ownerOf: (pfn) => owners.get(pfn) ?? NONE,
        setOwner: (pfn, owner) => owners.set(pfn, owner),
      },
      failslab: new Failslab(FAILSLAB_DEFAULTS, setting),
      costs: { slabFastNs: 1, slabNewNs: 1 },
      newFlag,
      sleepCheck: { check: () => {} },
      states: [],
    });
    const objectSize = kernel.kmemleak.objectSize;
    const spec304 = { name: 'kmemleak_object', objectSize, noLeakTrace: true };
    this.kmemleak = new Kmemleak(
      {
        kernel,
        config: {
          enabled: true,
          variant,
          poolFree: 0,
          gracePeriodNs: 1,
          stackDepotEnabled: false,
          ...(override === undefined ? {} : { newFlag: override }),
        },
        cpus: 1,
        faultInjection: true,
        warnings: new Warnings(),
        scope: exemptions.scope,
        callers: [KERNEL],
        cache: new BoundCache(this.slab, this.slab.createCache(spec304)),
        areaCache: null,
        depot: null,
        insertNs: 1,
      },
      { onMoment: () => {}, startGracePeriod: () => {}, startCleanUp: () => {} },
    );
  }

  /** Tracks so many allocations, or as many as kmemleak lives for. */
  track(count: number): this {
    for (let index = 0; index < count && this.kmemleak.alive; index++) {
      this.context.allocationIndex += 1;
      if (this.kmemleak.track(KERNEL, 0, 64, this.context) >= 0) this.tracked += 1;
    }
    return this;
  }
}

const OPEN = { minOrder: 0, ignoreGfpWait: false };

describe('fail_page_alloc under metadata', () => {
  it('by default turns every new slab into one of order 0; nobody dies', () => {
    for (const variant of [quiet, nofail]) {
      const run = new MetadataMachine(variant).track(500);
      expect(run.kmemleak.alive).toBe(true);
      expect(run.pages.requests.every(({ order, given }) => given === (order === 0))).toBe(true);
    }
  });

  it('asks for pages with the masks of the two tries', () => {
    const masks = (variant: KmemleakVariant) =>
      new MetadataMachine(variant).track(1).pages.requests.map(({ order, gfp }) => [order, gfp]);
    expect(masks(quiet)).toEqual([
      [1, 0x152c0],
      [0, 0x14152c0],
    ]);
    expect(masks(nofail)).toEqual([
      [1, 0x152c0],
      [0, 0x1415ac0],
    ]);
  });

  it('from order 0 on, always: kills quiet-2011 at its first slab, never NOFAIL', () => {
    expect(new MetadataMachine(quiet, { knobs: OPEN }).track(500).tracked).toBe(0);
    const run = new MetadataMachine(nofail, { knobs: OPEN }).track(500);
    expect([run.kmemleak.alive, run.tracked]).toEqual([true, 500]);
  });

  it('one fail-nth fault never kills: it costs an order', () => {
    const run = new MetadataMachine(quiet, { knobs: { ...OPEN, probability: 0 } });
    run.context.failNth = 1;
    run.track(100);
    expect([run.kmemleak.alive, run.context.failNth]).toEqual([true, 0]);
    expect(run.pages.requests.slice(0, 2).map(({ given }) => given)).toEqual([false, true]);
  });

  it('p = 10 %: dies with p² a new slab; NOFAIL lives, a tenth of its slabs small', () => {
    const knobs = { ...OPEN, probability: 10 };
    let slabs = 0;
    for (let seed = 1; seed <= 1000; seed++) {
      const run = new MetadataMachine(quiet, { knobs, seed }).track(1_000_000);
      slabs += run.slab.slabsMade + 1;
    }
    expect(Math.abs(slabs / 1000 - 100)).toBeLessThan((3.29 * Math.sqrt(9900)) / Math.sqrt(1000));
    const run = new MetadataMachine(nofail, { knobs }).track(OBJECTS_PER_SLAB * 5000);
    expect(run.kmemleak.alive).toBe(true);
    const small = run.faults.readings().injected.metadata / run.slab.slabsMade;
    expect(Math.abs(small - 0.1)).toBeLessThan(0.015);
  });
});

describe('the new flag on its way to the page allocator', () => {
  it('as meant: it arrives on both tries and is spared', () => {
    const run = new MetadataMachine(nofaultinject, { knobs: OPEN }).track(500);
    expect(run.kmemleak.alive).toBe(true);
    expect(run.pages.requests[0]).toEqual({ order: 1, gfp: 0x40152c0, given: true });
  });

  it('dropped by new_slab: pages are asked for without it, and it dies', () => {
    const newFlag = { inReclaimMask: false };
    const run = new MetadataMachine(nofaultinject, { knobs: OPEN, newFlag }).track(500);
    expect([run.kmemleak.alive, run.tracked]).toEqual([false, 0]);
    expect(run.pages.requests.map(({ gfp }) => gfp)).toEqual([0x152c0, 0x14152c0]);
  });

  it('dropped by the shift: the same', () => {
    const newFlag = { bitsShiftRaised: false };
    const run = new MetadataMachine(nofaultinject, { knobs: OPEN, newFlag }).track(500);
    expect([run.kmemleak.alive, run.tracked]).toEqual([false, 0]);
  });
});
