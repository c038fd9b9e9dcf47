import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/user-error.ts';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import { FailPageAlloc } from '../../../src/model/fault/fail-page-alloc.ts';
import { Failslab } from '../../../src/model/fault/failslab.ts';
import {
  FAIL_PAGE_ALLOC_DEFAULTS,
  FAILSLAB_DEFAULTS,
} from '../../../src/model/fault/fault-attr.ts';
import { FaultExemptions } from '../../../src/model/fault/fault-exemptions.ts';
import failNofail from '../../../src/model/kmemleak/variants/fi-nofail.ts';
import knobTask from '../../../src/model/kmemleak/variants/knob-task.ts';
import nofail from '../../../src/model/kmemleak/variants/nofail-4.15.ts';
import nofaultinject from '../../../src/model/kmemleak/variants/nofaultinject.ts';
import pool from '../../../src/model/kmemleak/variants/pool-5.4.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';
import rfcNowait from '../../../src/model/kmemleak/variants/rfc-nowait.ts';
import rfcStrict from '../../../src/model/kmemleak/variants/rfc-strict.ts';
import untracked from '../../../src/model/kmemleak/variants/untracked.ts';
import { type GfpReport, queryGfp } from '../../../src/model/mm/gfp-query.ts';
import { gfpReportText } from '../../../src/model/mm/gfp-query-text.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { KERNELS, MASK_TABLES } from './masktable.ts';

const [k417, k61, k612] = KERNELS as [KernelProfile, KernelProfile, KernelProfile];

/** The measured kernels' names of the masks. */
const VARIANTS = new Map(
  Object.entries({
    quiet,
    upstream: pool,
    nofail,
    'rfc-nowait': rfcNowait,
    nowait: rfcNowait,
    'rfc-strict': rfcStrict,
    'nowait-strict': rfcStrict,
    nofaultinject,
    'fi-nofail': failNofail,
    catalin: failNofail,
    'knob-task': knobTask,
    knob: knobTask,
  }),
);

function task(standing: Partial<Omit<TaskContext, 'inInterrupt'>>): TaskContext {
  return Object.assign(new TaskContext(), standing);
}

function warningIds(report: Pick<GfpReport, 'warnings'>): string[] {
  return report.warnings.map(({ id }) => id);
}

describe('queryGfp', () => {
  it('answers in the promised shape', () => {
    expect(queryGfp(0x14112c0, k417)).toEqual({
      schemaVersion: 1,
      kernel: '4.17',
      order: 0,
      value: '0x14112c0',
      flags: [
        '__GFP_IO',
        '__GFP_FS',
        '__GFP_NOWARN',
        '__GFP_NORETRY',
        '__GFP_NOMEMALLOC',
        '__GFP_DIRECT_RECLAIM',
        '__GFP_KSWAPD_RECLAIM',
      ],
      text: 'GFP_KERNEL|__GFP_NOWARN|__GFP_NORETRY|__GFP_NOMEMALLOC',
      unknownBits: '0x0',
      zone: 'Normal',
      migratetype: 'Unmovable',
      blockable: true,
      wakesKswapd: true,
      allocFlags: ['ALLOC_WMARK_MIN', 'ALLOC_CPUSET'],
      reserve: { numerator: 1, denominator: 1 },
      injectable: {
        failslab: { ignoreGfpWait: { Y: false, N: true } },
        failPageAlloc: {
          ignoreGfpWait: { Y: false, N: false },
          minOrder: {
            '0': { ignoreGfpWait: { Y: false, N: true } },
            '1': { ignoreGfpWait: { Y: false, N: false } },
          },
          ignoreGfpHighmemN: {
            minOrder: {
              '0': { ignoreGfpWait: { Y: false, N: true } },
              '1': { ignoreGfpWait: { Y: false, N: false } },
            },
          },
        },
      },
      warnings: [],
    });
  });

  it('knows zone and migratetype, and combinations that are none', () => {
    const user = queryGfp('GFP_HIGHUSER_MOVABLE', k612);
    expect([user.zone, user.migratetype]).toEqual(['Movable', 'Movable']);
    const slab = queryGfp('GFP_KERNEL|GFP_DMA32|__GFP_RECLAIMABLE', k61);
    expect([slab.zone, slab.migratetype]).toEqual(['DMA32', 'Reclaimable']);
    const wrong = queryGfp(0x1d, k61);
    expect([wrong.zone, wrong.migratetype]).toEqual(['invalid', 'invalid']);
    expect(warningIds(wrong)).toEqual(['zone-bits', 'mobility-bits']);
  });

  it.each([
    ['GFP_ATOMIC', '3/8', '3/8', '3/8'],
    ['GFP_KERNEL', '1/1', '1/1', '1/1'],
    ['__GFP_HIGH|__GFP_KSWAPD_RECLAIM', '1/2', '3/8', '3/8'],
    ['GFP_KERNEL|__GFP_MEMALLOC', '0/1', '0/1', '0/1'],
    ['GFP_KERNEL|__GFP_MEMALLOC|__GFP_NOMEMALLOC', '1/1', '1/1', '1/1'],
  ])('%s may go down to its share of min', (text, ...shares) => {
    const found = KERNELS.map((kernel) => queryGfp(text, kernel).reserve);
    expect(found.map((r) => `${r.numerator}/${r.denominator}`)).toEqual(shares);
  });

  it('takes the circumstances into account', () => {
    const realtime = queryGfp('GFP_KERNEL', k417, { context: task({ realtime: true }) });
    expect(realtime.reserve).toEqual({ numerator: 3, denominator: 4 });
    const victim = queryGfp('GFP_KERNEL', k61, { context: task({ oomVictim: true }) });
    expect(victim.allocFlags).toEqual(['ALLOC_WMARK_MIN', 'ALLOC_OOM', 'ALLOC_KSWAPD']);
    expect(queryGfp('GFP_ATOMIC', k61, { order: 1 }).allocFlags).toContain('ALLOC_HIGHATOMIC');
  });

  it('refuses orders that do not exist', () => {
    for (const order of [-1, 11, 1.5, Number.NaN]) {
      expect(() => queryGfp(0, k61, { order })).toThrow(UserError);
    }
    expect(() => queryGfp(0, k61, { order: 10 })).not.toThrow();
  });

  it('keeps what is odd about a log line', () => {
    const report = queryGfp('mode:0x24040c0(GFP_KERNEL|__GFP_COMP)', k417);
    expect(report.value).toBe('0x24040c0');
    expect(warningIds(report)).toEqual(['words-differ', 'above-bits-shift']);
  });
});

describe('who may be failed by failslab', () => {
  // Settings in the order 4.17 Y, 4.17 N, 6.1 Y, 6.1 N.
  it.each([
    ['GFP_KERNEL', false, true, false, true],
    ['GFP_NOFS', false, true, false, true],
    ['GFP_ATOMIC', false, true, true, true],
    ['GFP_NOWAIT', false, true, true, true],
    ['__GFP_HIGH', true, true, true, true],
    ['GFP_KERNEL|__GFP_NOFAIL', false, false, false, false],
  ])('%s', (text, ...expected) => {
    const found = [k417, k61].flatMap((kernel) => {
      const { Y, N } = queryGfp(text, kernel).injectable.failslab.ignoreGfpWait;
      return [Y, N];
    });
    expect(found).toEqual(expected);
  });

  it('metadata, by caller and variant', () => {
    const spared = (text: string, variant: typeof quiet, kernel: KernelProfile) => {
      const metadata = queryGfp(text, kernel, { variant }).metadata ?? [];
      const { Y, N } = metadata[0]!.injectable.failslab.ignoreGfpWait;
      return `${Y ? 'e' : '-'}${N ? 'e' : '-'}`;
    };
    expect(spared('GFP_KERNEL', quiet, k417)).toBe('-e');
    expect(spared('GFP_ATOMIC', quiet, k417)).toBe('-e');
    expect(spared('GFP_ATOMIC', quiet, k61)).toBe('ee');
    expect(spared('GFP_KERNEL', rfcStrict, k61)).toBe('ee');
    expect(spared('GFP_KERNEL', rfcStrict, k417)).toBe('-e');
    expect(spared('__GFP_HIGH', quiet, k417)).toBe('ee');
    expect(spared('__GFP_HIGH', rfcNowait, k417)).toBe('-e');
    for (const kernel of KERNELS) {
      for (const variant of [nofail, nofaultinject, knobTask]) {
        expect(spared('GFP_ATOMIC', variant, kernel)).toBe('--');
      }
    }
  });

  it.each(KERNELS)('$name: as the fault points themselves decide', (kernel) => {
    const certain = { probability: 100, times: -1 };
    const dice = { percent: () => 0 };
    const setting = { kernel, dice, classes: 1, exemptions: new FaultExemptions() };
    const cache = {
      objectSize: 96,
      isBootstrap: false,
      failslabMarked: false,
      noLeakTrace: false,
    };
    const check = (gfp: number, order: number, minOrder: number, wait: boolean, high: boolean) => {
      const { failslab, failPageAlloc } = queryGfp(gfp, kernel, { order }).injectable;
      const knob = wait ? 'Y' : 'N';
      const slab = new Failslab({ ...FAILSLAB_DEFAULTS, ...certain, ignoreGfpWait: wait }, setting);
      const slabFails = slab.shouldFail(cache, gfp, new TaskContext());
      expect(failslab.ignoreGfpWait[knob]).toBe(slabFails);
      const spec = { ...FAIL_PAGE_ALLOC_DEFAULTS, ...certain, minOrder };
      const knobs = { ignoreGfpWait: wait, ignoreGfpHighmem: high };
      const pages = new FailPageAlloc({ ...spec, ...knobs }, setting);
      const answers = high ? failPageAlloc : failPageAlloc.ignoreGfpHighmemN;
      const answer = answers.minOrder[`${minOrder}`]?.ignoreGfpWait[knob] ?? false;
      expect(answer).toBe(pages.shouldFail(gfp, order, new TaskContext()));
    };
    const masks = fc.nat(2 ** kernel.gfp.bitsShift - 1);
    const orders = fc.nat(4);
    const all = fc.property(masks, orders, orders, fc.boolean(), fc.boolean(), check);
    fc.assert(all, { numRuns: 1000 });
  });

  it('never by the page fault point with its defaults at order 0', () => {
    for (const kernel of KERNELS) {
      for (const text of ['GFP_KERNEL', 'GFP_ATOMIC', '0']) {
        const { failPageAlloc } = queryGfp(text, kernel).injectable;
        expect(failPageAlloc.ignoreGfpWait).toEqual({ Y: false, N: false });
      }
      const { failPageAlloc } = queryGfp('GFP_ATOMIC', kernel, { order: 1 }).injectable;
      expect(failPageAlloc.ignoreGfpWait).toEqual({ Y: true, N: true });
    }
  });

  it('a new flag helps only as far as it gets', () => {
    const pagesOf = (changed: { bitsShiftRaised?: boolean; inReclaimMask?: boolean }) => {
      const flag = { ...nofaultinject.newFlag!(k417), ...changed };
      const variant = { ...nofaultinject, newFlag: () => flag };
      const report = queryGfp('GFP_ATOMIC', k417, { variant });
      const [mask] = report.metadata ?? [];
      const { failslab, failPageAlloc } = mask!.injectable;
      const slab = failslab.ignoreGfpWait.N;
      return [slab, failPageAlloc.minOrder['0']!.ignoreGfpWait.N, ...warningIds(mask!)];
    };
    expect(pagesOf({})).toEqual([false, false]);
    expect(pagesOf({ inReclaimMask: false })).toEqual([false, true, 'slab-strips']);
    expect(pagesOf({ bitsShiftRaised: false })).toEqual([true, true, 'above-bits-shift']);
  });
});

describe('warnings', () => {
  it('W1: ATOMIC and DIRECT_RECLAIM, where there is an ATOMIC', () => {
    expect(warningIds(queryGfp(0x1491a20, k417))).toContain('W1');
    expect(warningIds(queryGfp('__GFP_ATOMIC|GFP_KERNEL', k61))).toEqual(['W1']);
    expect(warningIds(queryGfp('GFP_ATOMIC|GFP_KERNEL', k612))).toEqual([]);
  });

  it('W2: NOFAIL that cannot block; 6.1 is silent with NOWARN, 6.12 is not', () => {
    expect(warningIds(queryGfp(0x1091a20, k417))).toEqual(['W2']);
    const masks = ['GFP_NOWAIT|__GFP_NOFAIL|__GFP_NOWARN', 'GFP_ATOMIC|__GFP_NOFAIL'];
    expect(masks.map((mask) => warningIds(queryGfp(mask, k61)))).toEqual([[], ['W2']]);
    expect(masks.map((mask) => warningIds(queryGfp(mask, k612)))).toEqual([['W2'], ['W2']]);
  });

  it('W3: NOFAIL by a PF_MEMALLOC task', () => {
    const context = task({ memalloc: true });
    const ids = KERNELS.map((kernel) =>
      warningIds(queryGfp('GFP_KERNEL|__GFP_NOFAIL|__GFP_NOWARN', kernel, { context })),
    );
    expect(ids).toEqual([['W3'], [], ['W3']]);
    expect(warningIds(queryGfp('GFP_NOWAIT|__GFP_NOFAIL', k417, { context }))).toEqual(['W2']);
    const both = queryGfp('GFP_NOWAIT|__GFP_NOFAIL', k612, { context });
    expect(warningIds(both)).toEqual(['W2', 'W3']);
  });

  it('W4 and W5: NOFAIL at high orders', () => {
    const ids = (kernel: KernelProfile, order: number, more = '') =>
      warningIds(queryGfp(`GFP_KERNEL|__GFP_NOFAIL${more}`, kernel, { order }));
    expect([1, 2, 3, 4].map((order) => ids(k417, order))).toEqual([
      [],
      ['W5'],
      ['W5'],
      ['W4', 'W5'],
    ]);
    expect(ids(k61, 4, '|__GFP_NOWARN')).toEqual(['W5']);
    expect(ids(k612, 4)).toEqual(['W5']);
  });

  it('W6: a blockable mask where sleeping is not allowed', () => {
    const contexts = [task({ interruptsOff: true }), task({ inHardirq: true }), task({})];
    const ids = contexts.map((context) => warningIds(queryGfp('GFP_KERNEL', k61, { context })));
    expect(ids).toEqual([['W6'], ['W6'], []]);
    expect(warningIds(queryGfp('GFP_ATOMIC', k61, { context: contexts[1]! }))).toEqual([]);
  });

  it('L1: the metadata mask has lost NOLOCKDEP', () => {
    const report = queryGfp('GFP_NOFS|__GFP_NOLOCKDEP', k417, { variant: quiet });
    expect(report.metadata!.map(({ value }) => value)).toEqual(['0x1411240']);
    expect(warningIds(report.metadata![0]!)).toEqual(['L1']);
    const kept = { ...quiet, attempts: () => [0x3411240] };
    const [metadata] = queryGfp(0x3400040, k417, { variant: kept }).metadata!;
    expect(warningIds(metadata!)).not.toContain('L1');
  });

  it('NOFAIL and NORETRY loop without the OOM killer', () => {
    expect(warningIds(queryGfp(0x1411ac0, k417))).toEqual(['nofail-noretry']);
    expect(warningIds(queryGfp(0x1410ac0, k417))).toEqual([]);
  });

  it('unknown bits: who strips them', () => {
    expect(warningIds(queryGfp(0x4000000, k417))).toEqual(['above-bits-shift']);
    expect(warningIds(queryGfp(0x200000, k417))).toEqual(['unused-bits']);
    expect(warningIds(queryGfp(0x1000000, k61))).toEqual(['unused-bits']);
    expect(warningIds(queryGfp(0x1000200, k612))).toEqual(['above-bits-shift', 'unused-bits']);
    expect(queryGfp(0x2000000, k417).warnings[0]!.text).toContain('__GFP_NOLOCKDEP');
  });
});

describe.each(MASK_TABLES)('metadata masks of $kernel.release', ({ kernel, rows }) => {
  it('are those that the real kernel made, for every variant and caller', () => {
    for (const row of rows) {
      const variant = VARIANTS.get(row.mask);
      expect(variant, row.mask).toBeDefined();
      const { metadata } = queryGfp(row.host, kernel, { variant: variant! });
      const [answer] = metadata!;
      expect([answer!.value, answer!.text]).toEqual([`0x${row.meta.toString(16)}`, row.metaText]);
    }
  });
});

describe('gfpReportText', () => {
  it('says everything within 80 columns', () => {
    const text = gfpReportText(
      queryGfp('GFP_ATOMIC|__GFP_HIGHMEM|0x4000000', k417, { variant: nofail }),
    );
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toContain('GFP_ATOMIC|__GFP_HIGHMEM|0x4000000');
    expect(text).toContain('3/8 of min');
    expect(text).toContain("kmemleak's metadata, nofail-4.15, first try: 0x1091a20");
    expect(text).toContain('W2: NOFAIL without DIRECT_RECLAIM');
    expect(text).toContain('ignore-gfp-highmem N');
  });

  it('has words for what prints nothing and for no metadata at all', () => {
    const text = gfpReportText(queryGfp(0, k61, { variant: untracked }));
    expect(text).toContain('(prints nothing)');
    expect(text).toContain('untracked allocates no metadata');
  });
});
