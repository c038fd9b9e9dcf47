import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import type { ZoneConfig } from '../../../src/model/machine-config.ts';
import { buildMemory } from '../../../src/model/memory.ts';
import { KERNEL_61, KERNEL_417, KERNEL_612, KERNELS, machineOf } from '../machines.ts';

// The check beside a naive shadow of it, written down from the rules of each kernel. The free
// lists hold the same few blocks all the while: only the counters are drawn.

const START = 1 << 17;
const PAGES = 1 << 13;

/** One question: the zone's numbers, and the standing of the request by its flags' meaning. */
interface Question {
  readonly min: number;
  readonly gap: number;
  readonly boost: number;
  readonly reserve: number;
  readonly free: number;
  readonly order: number;
  readonly level: 0 | 1 | 2;
  /** HIGH or MIN_RESERVE; HARDER or NON_BLOCK; OOM; HIGHATOMIC (6.x). */
  readonly high: boolean;
  readonly harder: boolean;
  readonly oom: boolean;
  readonly highatomic: boolean;
  readonly exempt: boolean;
  /** nr_reserved_highatomic, nr_free_highatomic. */
  readonly reservedPages: number;
  readonly freePages: number;
  /** Which lists have blocks: ordinary ones up to this order, highatomic ones up to that. */
  readonly lists: ListedOrders;
}

interface ListedOrders {
  readonly ordinary: number;
  readonly highatomic: number;
}

const LISTS: readonly ListedOrders[] = [
  { ordinary: 10, highatomic: -1 },
  { ordinary: 0, highatomic: 3 },
  { ordinary: 2, highatomic: 9 },
  { ordinary: 3, highatomic: -1 },
];

/** The shadow: may it take, and how many free pages would it need? */
function shadow(kernel: KernelProfile, q: Question): boolean {
  const old = kernel === KERNEL_417;
  const boost = old ? 0 : q.boost;
  const base = q.level === 0 ? q.min : q.level === 1 ? q.min + q.gap : q.min + 2 * q.gap;
  const spared = old ? q.harder || q.oom : q.harder || q.oom || q.high || q.highatomic;
  const counted = kernel === KERNEL_612 ? q.freePages : q.reservedPages;
  const hidden = spared ? 0 : counted;
  const passes = (mark: number): boolean => {
    if (q.free - (2 ** q.order - 1) - hidden <= discounted(old, mark, q) + q.reserve) return false;
    if (q.order === 0) return true;
    if (q.lists.ordinary >= q.order) return true;
    const takesHighatomic = old ? q.harder || q.oom : q.highatomic || q.oom;
    return takesHighatomic && q.lists.highatomic >= q.order;
  };
  if (q.order === 0) {
    const seen = old ? q.free : q.free - Math.min(q.free, hidden);
    if (seen > base + boost + q.reserve) return true;
  }
  if (passes(base + boost)) return true;
  const recheck = q.order === 0 && q.level === 0 && boost > 0 && q.exempt;
  return recheck && passes(q.min);
}

function discounted(old: boolean, mark: number, q: Question): number {
  let left = mark;
  if (old) {
    if (q.high) left -= Math.floor(left / 2);
    if (q.oom) left -= Math.floor(left / 2);
    else if (q.harder) left -= Math.floor(left / 4);
    return left;
  }
  if (q.high) {
    left -= Math.floor(left / 2);
    if (q.harder) left -= Math.floor(left / 4);
  }
  if (q.oom) left -= Math.floor(left / 2);
  return left;
}

/** The check itself, on a zone with these counters. */
function asked(kernel: KernelProfile, q: Question) {
  const { zone, check } = zoneWith(kernel, q);
  zone.boost = kernel === KERNEL_417 ? 0 : q.boost;
  zone.reservedHighatomic = q.reservedPages;
  zone.freeHighatomic = q.freePages;
  zone.freeSeen = q.free;
  const { alloc } = kernel;
  const allocFlags =
    q.level |
    (q.high ? alloc.HIGH : 0) |
    (q.harder ? alloc.HARDER : 0) |
    (q.oom ? alloc.OOM : 0) |
    (q.highatomic ? alloc.HIGHATOMIC : 0);
  const request = { mark: q.level, allocFlags, reserveIndex: 3, boostExempt: q.exempt };
  return {
    allowed: check.allows(zone, q.order, request),
    verdict: check.explain(zone, q.order, request),
  };
}

const zones = new Map<string, ReturnType<typeof buildZone>>();

function zoneWith(kernel: KernelProfile, q: Question) {
  const key = [kernel.name, LISTS.indexOf(q.lists), q.min, q.gap, q.reserve].join();
  const known = zones.get(key) ?? buildZone(kernel, q);
  zones.set(key, known);
  return known;
}

function buildZone(kernel: KernelProfile, q: Question) {
  const one = (orders: number) => Array.from({ length: orders + 1 }, () => 1);
  const blocks = [one(q.lists.ordinary), [], [], one(q.lists.highatomic)];
  const pages = blocks
    .flatMap((counts) => counts.map((count, order) => count << order))
    .reduce(sum);
  const config: ZoneConfig = {
    name: 'Normal',
    index: 2,
    startPfn: START,
    spanned: PAGES,
    present: PAGES,
    managed: PAGES,
    watermarks: { min: q.min, low: q.min + q.gap, high: q.min + 2 * q.gap },
    boost: 0,
    lowmemReserve: [0, 0, 0, q.reserve],
    pcp: { batch: 1, high: 6, highMin: 6, highMax: 6 },
    free: { pages, pcp: [0], blocks, pageblocks: [8, 4, 0, 4] },
  };
  const memory = buildMemory(machineOf(kernel, [config]));
  return { zone: memory.zones[0]!, check: memory.check };
}

const questions: fc.Arbitrary<Question> = fc.record({
  // Few zones, many questions.
  min: fc.constantFrom(0, 1, 7, 43, 286, 1000),
  gap: fc.constantFrom(0, 250),
  reserve: fc.constantFrom(0, 93),
  boost: fc.oneof(fc.constant(0), fc.nat(1500)),
  free: fc.nat(2500),
  order: fc.oneof(fc.constant(0), fc.nat(10)),
  level: fc.constantFrom(0 as const, 0 as const, 1 as const, 2 as const),
  high: fc.boolean(),
  harder: fc.boolean(),
  oom: fc.boolean(),
  highatomic: fc.boolean(),
  exempt: fc.boolean(),
  reservedPages: fc.oneof(fc.constant(0), fc.nat(1024)),
  freePages: fc.oneof(fc.constant(0), fc.nat(1024)),
  lists: fc.constantFrom(...LISTS),
});

/** 4.17 has no HIGHATOMIC flag. */
function of(kernel: KernelProfile, q: Question): Question {
  return kernel === KERNEL_417 ? { ...q, highatomic: false } : q;
}

describe.each(KERNELS)('the watermark check of $name', (kernel) => {
  it('decides as its shadow does, and explain() with it', () => {
    const check = (drawn: Question) => {
      const q = of(kernel, drawn);
      const { allowed, verdict } = asked(kernel, q);
      expect(allowed).toBe(shadow(kernel, q));
      expect(verdict).toMatchObject({ passed: allowed, free: q.free, reserve: q.reserve });
    };
    fc.assert(fc.property(questions, check), { numRuns: 4000 });
  });

  it('needs exactly the free pages that it names: refused below, allowed at them', () => {
    const check = (drawn: Question) => {
      // Blocks of every order, so that pages alone decide.
      const q = { ...of(kernel, drawn), lists: LISTS[0]! };
      const { needed } = asked(kernel, q).verdict;
      expect(shadow(kernel, { ...q, free: needed })).toBe(true);
      expect(shadow(kernel, { ...q, free: needed - 1 })).toBe(false);
      expect(asked(kernel, { ...q, free: needed }).allowed).toBe(true);
      expect(asked(kernel, { ...q, free: needed - 1 }).allowed).toBe(false);
    };
    fc.assert(fc.property(questions, check), { numRuns: 4000 });
  });

  it('says that a block is missing when pages are not', () => {
    const q: Question = { ...QUIET, free: 5000, order: 5, lists: { ordinary: 3, highatomic: -1 } };
    const { verdict } = asked(kernel, { ...q, lists: LISTS[3]! });
    expect(verdict).toMatchObject({ passed: false, needed: 1032 });
    expect(verdict.note).toBe('no block of order 5 for it');
  });
});

const QUIET: Question = {
  ...{ min: 1000, gap: 250, boost: 0, reserve: 0, free: 0, order: 0, level: 0 },
  ...{ high: false, harder: false, oom: false, highatomic: false, exempt: false },
  ...{ reservedPages: 0, freePages: 0, lists: LISTS[0]! },
};

describe('what the verdict tells besides', () => {
  it('which high-atomic count does not count', () => {
    const q = { ...QUIET, reservedPages: 512, freePages: 300 };
    const notes = KERNELS.map((kernel) => asked(kernel, q).verdict.note);
    expect(notes).toEqual([
      '512 highatomic pages do not count for it',
      '512 highatomic pages do not count for it',
      '300 highatomic pages do not count for it',
    ]);
    // The shortcut of 4.17 does not look at them.
    expect(asked(KERNEL_417, q).verdict.needed).toBe(1001);
    const passed = asked(KERNEL_417, { ...q, free: 1001 }).verdict;
    expect(passed).toMatchObject({
      passed: true,
      note: '512 highatomic pages count as free at order 0',
    });
    expect(asked(KERNEL_61, q).verdict.needed).toBe(1513);
    expect(asked(KERNEL_612, q).verdict.needed).toBe(1301);
  });

  it('the boost, and for whom it does not hold', () => {
    const q = { ...QUIET, boost: 512 };
    expect(asked(KERNEL_61, q).verdict).toMatchObject({ mark: 1512, note: 'with a boost of 512' });
    const exempt = asked(KERNEL_61, { ...q, exempt: true, high: true, harder: true });
    expect(exempt.verdict).toMatchObject({ mark: 375, needed: 376 });
    expect(exempt.verdict.note).toBe('the boost of 512 does not hold for it');
  });
});

function sum(a: number, b: number): number {
  return a + b;
}
