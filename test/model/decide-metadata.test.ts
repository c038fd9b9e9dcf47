import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import type { KernelProfile } from '../../src/kernel/kernel-profile.ts';
import type { KmemleakVariant } from '../../src/model/kmemleak/variant.ts';
import fiNofail from '../../src/model/kmemleak/variants/fi-nofail.ts';
import nofail from '../../src/model/kmemleak/variants/nofail-4.15.ts';
import quiet from '../../src/model/kmemleak/variants/quiet-2011.ts';
import rfcNowait from '../../src/model/kmemleak/variants/rfc-nowait.ts';
import rfcStrict from '../../src/model/kmemleak/variants/rfc-strict.ts';
import { buildParts, NO_LOAD } from '../../src/model/machine-parts.ts';
import { compileMaskExpression } from '../../src/model/mm/gfp.ts';
import { NEVER, NONE } from '../../src/model/page-source.ts';
import { TaskContext } from '../../src/model/sched/task-context.ts';
import { ask, warningIds } from './ask.ts';
import { KERNEL_61, KERNEL_417, KERNEL_612, KERNELS, machineOf, zoneX } from './machines.ts';

// Metadata requests under pressure, by proposal: what each mask may take, how it fails, and what
// it prints. Zone X throughout: min 1000.

/** The callers of the discussion: GFP_KERNEL, ATOMIC, NOWAIT, NOFS, and a swap-out bio. */
const CALLERS = { A: 0x14000c0, B: 0x1080020, C: 0x1000000, D: 0x3400040, E: 0x1011200 } as const;
const CONTEXT = { atomic: false, faultInjection: true };

function metadata(variant: KmemleakVariant, caller: number, kernel = KERNEL_417): string {
  return `0x${variant.attempts(caller, CONTEXT, kernel)[0]!.toString(16)}`;
}

describe('a swap-out bio with no page left', () => {
  const e = metadata(nofail, CALLERS.E);

  test('nofail-4.15 warns once in 4.17 and fails all the same', () => {
    const report = ask({ kernel: KERNEL_417, gfp: e, free: 0 });
    expect([e, report.outcome, warningIds(report)]).toEqual(['0x1011a00', 'fail', ['W2']]);
  });

  test('by the rules of 6.1 silently, by those of 6.12 with a warning at entry', () => {
    const mask = (kernel: KernelProfile) =>
      metadata(nofail, kernel.gfp.composites['GFP_NOWAIT']!, kernel);
    const silent = ask({ kernel: KERNEL_61, gfp: mask(KERNEL_61), free: 0 });
    expect([silent.outcome, warningIds(silent)]).toEqual(['fail', []]);
    const early = ask({ kernel: KERNEL_612, gfp: mask(KERNEL_612), free: 1001 });
    expect([early.outcome, warningIds(early)]).toEqual(['page', ['W2']]);
  });
});

describe('a blocking caller while nothing can be reclaimed', () => {
  /** Rounds of one request until somebody frees pages; then until it has one. */
  function roundsUntilFreed(gfp: number, rounds: number) {
    const parts = buildParts(
      machineOf(KERNEL_417, [zoneX({ pages: 0 })]),
      NO_LOAD,
      new RandomStreams('rounds', 0),
    );
    const { pages, memory } = parts;
    const context = new TaskContext();
    const path = pages.allocateSlowly(0, gfp, context);
    const zone = memory.zones[0]!;
    while (pages.rounds.loops.roundsMax < rounds) {
      const step = path.next();
      if (step.done === true || step.value === NEVER)
        return { oomKills: pages.rounds.oomKillsAsked };
    }
    for (let i = 0; i < 2000; i++) memory.buddy.free(zone, zone.startPfn + i, 0, 0);
    zone.settle();
    let step = path.next();
    while (step.done !== true) step = path.next();
    return { pfn: step.value, oomKills: pages.rounds.oomKillsAsked };
  }

  test('nofail-4.15 loops 50 rounds, kills nobody, and takes the page that comes', () => {
    const mask = Number(metadata(nofail, CALLERS.A));
    const { pfn, oomKills } = roundsUntilFreed(mask, 50);
    expect(mask).toBe(0x1411ac0);
    expect(pfn).toBeGreaterThan(NONE);
    expect(oomKills).toBe(0);
  });

  test('fi-nofail has the OOM killer called', () => {
    const { oomKills } = roundsUntilFreed(Number(metadata(fiNofail, CALLERS.A)), 50);
    expect(oomKills).toBeGreaterThan(0);
  });

  test('quiet-2011 reclaims once and fails; two page requests make a slab fail', () => {
    const report = ask({ kernel: KERNEL_417, gfp: metadata(quiet, CALLERS.A), free: 1000 });
    expect(report).toMatchObject({ outcome: 'fail', reclaims: 1, oomKills: 0 });
    const strict = ask({ kernel: KERNEL_417, gfp: metadata(rfcStrict, CALLERS.A), free: 1000 });
    expect(strict).toMatchObject({ outcome: 'fail', reclaims: 0, wokeKswapd: true });
  });
});

describe('the reserve of an atomic caller and of its metadata', () => {
  const outcome = (gfp: string, free: number) => ask({ kernel: KERNEL_417, gfp, free }).outcome;

  test.each([
    [450, 'page', 'fail', 'page'],
    [550, 'page', 'page', 'page'],
    [300, 'fail', 'fail', 'fail'],
  ])('%i of 1000 free: caller %s, quiet-2011 %s, its own flags %s', (free, host, kept, own) => {
    expect(outcome('0x1080020', free)).toBe(host);
    expect(outcome(metadata(quiet, CALLERS.B), free)).toBe(kept);
    const original = compileMaskExpression('gfp & (GFP_KERNEL|GFP_ATOMIC)', KERNEL_417);
    expect(outcome(`${original(CALLERS.B)}`, free)).toBe(own);
  });

  test('every mask with NOMEMALLOC stops at half of min, in every kernel', () => {
    for (const kernel of KERNELS) {
      const caller = kernel.gfp.composites['GFP_ATOMIC']!;
      for (const variant of [quiet, rfcNowait, rfcStrict, nofail, fiNofail]) {
        const gfp = metadata(variant, caller, kernel);
        expect(ask({ kernel, gfp, free: 500 }).outcome, `${kernel.name} ${gfp}`).toBe('fail');
        expect(ask({ kernel, gfp, free: 501 }).outcome, `${kernel.name} ${gfp}`).toBe('page');
      }
    }
  });

  test('only a caller without KSWAPD tells rfc-nowait from quiet-2011: who wakes kswapd', () => {
    for (const [variant, woken] of [
      [quiet, false],
      [rfcNowait, true],
    ] as const) {
      const report = ask({ kernel: KERNEL_417, gfp: metadata(variant, 0), free: 1000 });
      expect(report).toMatchObject({ outcome: 'fail', wokeKswapd: woken });
    }
  });
});

describe('masks that may sleep where nobody must', () => {
  test('NOFAIL with DIRECT_RECLAIM for GFP_NOWAIT, in a hard interrupt', () => {
    const gfp = '0x1411a00';
    const report = ask({ kernel: KERNEL_417, gfp, free: 5000, context: { inHardirq: true } });
    expect([report.outcome, warningIds(report)]).toEqual(['page', ['W6']]);
  });

  test('the last ditch of an atomic caller that turns out to be able to sleep', () => {
    const report = ask({ kernel: KERNEL_417, gfp: '0x1491a20', free: 700 });
    expect([report.outcome, warningIds(report)]).toEqual(['page', ['W1']]);
  });
});

// Every mask that was posted, written as the mails write it.
const COMMON = '__GFP_NORETRY|__GFP_NOMEMALLOC|__GFP_NOWARN';
const KEPT = '(gfp & (GFP_KERNEL|GFP_ATOMIC))';
const NOFAIL = `${KEPT} | ${COMMON} | __GFP_NOFAIL`;

describe('the masks of the mails as expressions', () => {
  test.each([
    ['orig-2009', KEPT, [0x14000c0, 0x1080020, 0x1000000, 0x1400040, 0x1000000]],
    ['quiet-2011', `${KEPT}|${COMMON}`, [0x14112c0, 0x1091220, 0x1011200, 0x1411240, 0x1011200]],
    ['nofail-4.15', NOFAIL, [0x1411ac0, 0x1091a20, 0x1011a00, 0x1411a40, 0x1011a00]],
    [
      'nolockdep-5.15',
      `(gfp & (GFP_KERNEL|GFP_ATOMIC|__GFP_NOLOCKDEP))|${COMMON}`,
      [0x14112c0, 0x1091220, 0x1011200, 0x3411240, 0x1011200],
    ],
    [
      'rfc-nowait',
      `${KEPT}|${COMMON}|GFP_NOWAIT`,
      [0x14112c0, 0x1091220, 0x1011200, 0x1411240, 0x1011200],
    ],
    [
      'rfc-strict',
      `(${KEPT} & ~__GFP_DIRECT_RECLAIM)|${COMMON}|GFP_NOWAIT`,
      [0x10112c0, 0x1091220, 0x1011200, 0x1011240, 0x1011200],
    ],
    [
      'fi-nofail',
      `${KEPT}|__GFP_NOMEMALLOC|__GFP_NOWARN|__GFP_NOFAIL`,
      [0x1410ac0, 0x1090a20, 0x1010a00, 0x1410a40],
    ],
    [
      'fi-nofail-direct',
      `${NOFAIL}|__GFP_DIRECT_RECLAIM`,
      [0x1411ac0, 0x1491a20, 0x1411a00, 0x1411a40],
    ],
    ['nofaultinject', `${KEPT}|${COMMON}|0x4000000`, [0x54112c0, 0x5091220, 0x5011200, 0x5411240]],
    ['undo-primary', 'gfp', [0x14000c0, 0x1080020, 0x1000000, 0x3400040]],
    [
      'pool-1M-thread refill',
      '__GFP_RECLAIM|__GFP_NOFAIL|__GFP_NOMEMALLOC|__GFP_NOWARN',
      [0x1410a00],
    ],
    ['lastditch-v4, atomic', `${NOFAIL}|GFP_ATOMIC`, [0x1491ae0, 0x1091a20, 0x1091a20, 0x1491a60]],
    [
      'retry-mayfail',
      `${KEPT}|__GFP_NOMEMALLOC|__GFP_NOWARN|__GFP_RETRY_MAYFAIL`,
      [0x14106c0, 0x1090620, 0x1010600, 0x1410640],
    ],
    [
      'drop-noretry',
      `${KEPT}|__GFP_NOMEMALLOC|__GFP_NOWARN`,
      [0x14102c0, 0x1090220, 0x1010200, 0x1410240],
    ],
    [
      'mempool, first pass',
      `(${KEPT}|${COMMON}) & ~(__GFP_DIRECT_RECLAIM|__GFP_IO)`,
      [0x1011280, 0x1091220, 0x1011200, 0x1011200],
    ],
  ])('%s', (_name, text, expected) => {
    const mask = compileMaskExpression(text, KERNEL_417);
    const callers = Object.values(CALLERS).slice(0, expected.length);
    expect(callers.map(mask)).toEqual(expected);
  });
});
