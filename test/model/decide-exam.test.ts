import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import type { KernelProfile } from '../../src/kernel/kernel-profile.ts';
import type { DecideContext } from '../../src/model/decide-query.ts';
import type { FreeState, ZoneConfig } from '../../src/model/machine-config.ts';
import { buildParts, NO_LOAD } from '../../src/model/machine-parts.ts';
import { TaskContext } from '../../src/model/sched/task-context.ts';
import { ask, askZones, expectNeeds, passesAt, passesAtOnce, warningIds } from './ask.ts';
import { KERNEL_61, KERNEL_417, KERNEL_612, KERNELS, machineOf, zoneX } from './machines.ts';

// The exam cases of the page allocator, each at its tight gate: refused one page below the number
// of free pages that it needs, allowed at it.

const KERNEL_BY_NAME = { '4.17': KERNEL_417, '6.1': KERNEL_61, '6.12': KERNEL_612 } as const;
const NAMES = ['4.17', '6.1', '6.12'] as const;

/** [case, gfp, order, needed in 4.17, 6.1, 6.12, context] */
const NEEDS: readonly [string, string, number, readonly number[], DecideContext?][] = [
  ['E2', 'GFP_KERNEL', 0, [1001, 1001, 1001]],
  ['E3', 'GFP_ATOMIC', 0, [376, 376, 376]],
  ['E4', 'GFP_NOWAIT', 0, [1001, 1001, 1001]],
  ['E5', '__GFP_HIGH|__GFP_KSWAPD_RECLAIM', 0, [501, 376, 376]],
  ['E7', 'GFP_KERNEL', 0, [751, 501, 501], { realtime: true }],
  ['E8', 'GFP_ATOMIC|__GFP_NOMEMALLOC', 0, [501, 501, 501]],
  ['E11', 'GFP_KERNEL', 3, [1008, 1008, 1008]],
  ['E11', 'GFP_KERNEL', 9, [1512, 1512, 1512]],
  ['E12', 'GFP_ATOMIC', 3, [383, 383, 383]],
];

describe('what a request needs', () => {
  test.each(NEEDS)('%s %s order %i', (_id, gfp, order, needed, context) => {
    NAMES.forEach((name, i) => {
      const kernel = KERNEL_BY_NAME[name];
      expectNeeds(needed[i]!, { kernel, gfp, order, ...(context && { context }) });
    });
  });

  test('E1 the fast path wants low, whatever the flags', () => {
    for (const kernel of KERNELS) {
      for (const gfp of ['GFP_KERNEL', 'GFP_ATOMIC']) {
        expect(passesAt(ask({ kernel, gfp, free: 1250 }), 'fast path')).toBe(false);
        expect(passesAt(ask({ kernel, gfp, free: 1251 }), 'fast path')).toBe(true);
      }
    }
  });

  test('E6 the ATOMIC bit without HIGH', () => {
    const gfp = '__GFP_ATOMIC|__GFP_KSWAPD_RECLAIM';
    expectNeeds(751, { kernel: KERNEL_417, gfp });
    expectNeeds(1001, { kernel: KERNEL_61, gfp });
  });

  test('E9 an OOM victim digs into half of min in its second walk, not with NOMEMALLOC', () => {
    const context = { oomVictim: true };
    for (const kernel of KERNELS) {
      const victim = { kernel, gfp: 'GFP_KERNEL', context };
      expect(passesAt(ask({ ...victim, free: 500 }), 'R4')).toBe(false);
      expect(passesAt(ask({ ...victim, free: 501 }), 'R4')).toBe(true);
      const careful = { kernel, gfp: 'GFP_KERNEL|__GFP_NOMEMALLOC', context };
      expect(passesAt(ask({ ...careful, free: 1000 }), 'R4')).toBe(false);
      expectNeeds(1001, careful);
    }
  });

  test('E10 the last resort of NOFAIL', () => {
    for (const [kernel, needed, small] of [
      [KERNEL_417, 751, 34],
      [KERNEL_61, 501, 23],
      [KERNEL_612, 501, 23],
    ] as const) {
      const gfp = 'GFP_KERNEL|__GFP_NOFAIL|__GFP_NORETRY';
      expect(ask({ kernel, gfp, free: needed - 1 }).outcome).toBe('loop');
      expect(passesAt(ask({ kernel, gfp, free: needed }), 'N2')).toBe(true);
      const watermarks = { min: 43, low: 53, high: 63 };
      expect(ask({ kernel, gfp, free: small - 1, zone: { watermarks } }).outcome).toBe('loop');
      expect(passesAt(ask({ kernel, gfp, free: small, zone: { watermarks } }), 'N2')).toBe(true);
    }
  });

  test('E18 lowmem_reserve is added after the discount', () => {
    const watermarks = { min: 1062, low: 1824, high: 2586 };
    const zone: Partial<ZoneConfig> = {
      name: 'DMA32',
      index: 1,
      startPfn: 4096,
      watermarks,
      lowmemReserve: [0, 0, 5039, 5039],
    };
    // A populated zone above it makes NORMAL the request's own index in every kernel.
    const normal = { ...zoneX({ pages: 0 }), managed: 1 << 16 };
    for (const kernel of KERNELS) {
      for (const [gfp, needed] of [
        ['GFP_KERNEL', 6102],
        ['GFP_ATOMIC', 5439],
        ['GFP_KERNEL|__GFP_DMA32', 1063],
      ] as const) {
        const passes = (pages: number) => {
          const dma32 = { ...zoneX({ pages }), ...zone };
          return passesAtOnce(askZones([dma32, normal], { kernel, gfp }));
        };
        expect([passes(needed - 1), passes(needed)], `${kernel.name} ${gfp}`).toEqual([
          false,
          true,
        ]);
      }
    }
  });
});

describe('blocks and the highatomic reserve', () => {
  test('E13 free pages without a block of the order', () => {
    const blocks = [[], [0, 0, 2500], [], []];
    for (const kernel of KERNELS) {
      const report = ask({ kernel, gfp: 'GFP_NOWAIT', order: 3, free: 10000, state: { blocks } });
      expect(report.outcome).toBe('fail');
      const line = report.steps.find((step) => step.zone === 'Normal');
      expect(line?.passed).toBe(false);
      expect(line?.note).toContain('no block of order 3');
    }
  });

  test('E14, E15 the order-0 shortcut and the reserve', () => {
    const at = (kernel: KernelProfile, gfp: string, reserveFree: number) => {
      // 6.12 subtracts the reserve's free pages, the others its size.
      const highatomic = [reserveFree];
      const blocks = [[0], [1400 - reserveFree], [], highatomic];
      const pageblocks = [60, 66, 1, 1];
      const state = { blocks, pageblocks };
      // The lists say how many are free; the size of the reserve is told.
      const size = kernel === KERNEL_612 ? {} : { highatomic: 512 };
      const report = ask({ kernel, gfp, free: 1400, ...size, state, zone: LOW_1500 });
      return passesAt(report, 'S4');
    };
    expect(at(KERNEL_417, 'GFP_KERNEL', 300)).toBe(true);
    expect(at(KERNEL_61, 'GFP_KERNEL', 300)).toBe(false);
    expect(at(KERNEL_612, 'GFP_KERNEL', 300)).toBe(true);
    expect(at(KERNEL_612, 'GFP_KERNEL', 512)).toBe(false);
    for (const kernel of KERNELS) expect(at(kernel, 'GFP_NOWAIT', 300)).toBe(true);
  });

  test('E16 order 1 with a reserve of 512', () => {
    const rows = [
      ['GFP_KERNEL', {}, 1514, 1514],
      ['GFP_NOWAIT', {}, 1514, 1002],
      ['GFP_ATOMIC', {}, 377, 377],
      ['GFP_KERNEL', { realtime: true }, 752, 502],
    ] as const;
    for (const [gfp, context, old, recent] of rows) {
      const common = { gfp, order: 1, highatomic: 512, context, zone: LOW_1500 };
      expectNeeds(old, { kernel: KERNEL_417, ...common });
      expectNeeds(recent, { kernel: KERNEL_61, ...common });
      expectNeeds(recent, { kernel: KERNEL_612, ...common });
    }
  });

  test('E17 only highatomic blocks at the order', () => {
    const state: Partial<FreeState> = {
      blocks: [[5000 - 16], [], [], [0, 0, 0, 2]],
      pageblocks: [60, 66, 1, 1],
    };
    const gets = (kernel: KernelProfile, gfp: string, context: DecideContext = {}) =>
      ask({ kernel, gfp, order: 3, free: 5000, state, context, highatomic: 512 }).steps.some(
        (step) => step.note.startsWith('takes'),
      );
    for (const kernel of KERNELS) {
      expect(gets(kernel, 'GFP_KERNEL|__GFP_NORETRY')).toBe(false);
      expect(gets(kernel, 'GFP_ATOMIC')).toBe(true);
      expect(gets(kernel, 'GFP_NOWAIT')).toBe(false);
    }
    const gfp = 'GFP_KERNEL|__GFP_NORETRY';
    expect(gets(KERNEL_417, gfp, { realtime: true })).toBe(true);
    expect(gets(KERNEL_61, gfp, { realtime: true })).toBe(false);
    expect(gets(KERNEL_417, gfp, { oomVictim: true })).toBe(false);
    expect(gets(KERNEL_61, gfp, { oomVictim: true })).toBe(true);
    expect(gets(KERNEL_612, gfp, { oomVictim: true })).toBe(true);
  });

  test('E19 the boost, and who is rechecked without it', () => {
    const zone = { boost: 512 };
    for (const kernel of [KERNEL_61, KERNEL_612]) {
      expect(ask({ kernel, gfp: 'GFP_ATOMIC', free: 500, zone }).outcome).toBe('page');
      expect(ask({ kernel, gfp: 'GFP_ATOMIC', order: 1, free: 500, zone }).outcome).toBe('fail');
      expectNeeds(1513, { kernel, gfp: 'GFP_KERNEL', zone });
      expectNeeds(376, { kernel, gfp: 'GFP_ATOMIC', zone });
    }
  });
});

/** The slow path decides: the fast path's mark lies above everything asked here. */
const LOW_1500: Partial<ZoneConfig> = { watermarks: { min: 1000, low: 2500, high: 3000 } };

describe('who is entitled', () => {
  test('E20 PF_MEMALLOC, and where it does not count', () => {
    const at = (kernel: KernelProfile, gfp: string, context: DecideContext) =>
      ask({ kernel, gfp, free: 3, context }).outcome;
    for (const kernel of KERNELS) {
      expect(at(kernel, 'GFP_KERNEL', { memalloc: true })).toBe('page');
      expect(at(kernel, 'GFP_KERNEL|__GFP_NOMEMALLOC', { memalloc: true })).toBe('fail');
      expect(at(kernel, 'GFP_ATOMIC', { memalloc: true, inHardirq: true })).toBe('fail');
      expect(at(kernel, 'GFP_ATOMIC', { memalloc: true, inSoftirq: true })).toBe('page');
    }
  });

  test('E21 NOMEMALLOC wins over MEMALLOC', () => {
    for (const kernel of KERNELS) {
      expect(ask({ kernel, gfp: 'GFP_NOWAIT|__GFP_MEMALLOC', free: 3 }).outcome).toBe('page');
      const gfp = 'GFP_NOWAIT|__GFP_MEMALLOC|__GFP_NOMEMALLOC';
      expect(ask({ kernel, gfp, free: 3 }).outcome).toBe('fail');
    }
  });
});

describe('how a failing request ends', () => {
  test('E22 NORETRY: one reclaim, then NULL', () => {
    for (const kernel of KERNELS) {
      const report = ask({ kernel, gfp: 'GFP_KERNEL|__GFP_NORETRY', free: 600 });
      expect(report).toMatchObject({ outcome: 'fail', reclaims: 1, oomKills: 0 });
    }
  });

  test('E23 GFP_NOFS loops without a kill', () => {
    for (const kernel of KERNELS) {
      const report = ask({ kernel, gfp: 'GFP_NOFS', free: 600 });
      expect(report).toMatchObject({ outcome: 'loop', oomKills: 0 });
    }
  });

  test('E24 order 4: one reclaim, compaction twice, NULL', () => {
    const state = { blocks: [[4000], [], [], []] };
    for (const kernel of KERNELS) {
      const report = ask({ kernel, gfp: 'GFP_KERNEL', order: 4, free: 4000, state });
      expect(report).toMatchObject({ outcome: 'fail', reclaims: 1, oomKills: 0 });
      const compactions = report.steps.filter((step) => step.note.includes('compaction'));
      expect(compactions.map((step) => step.step)).toEqual(['S5', 'R8']);
    }
  });

  test('E25 RETRY_MAYFAIL: at most 17 fruitless rounds, no kill', () => {
    for (const kernel of KERNELS) {
      const report = ask({ kernel, gfp: 'GFP_KERNEL|__GFP_RETRY_MAYFAIL', free: 600 });
      expect(report).toMatchObject({ outcome: 'fail', oomKills: 0 });
      expect(report.reclaims).toBeLessThanOrEqual(17);
    }
  });

  test('E26 a request below NORMAL never asks for a kill', () => {
    for (const kernel of KERNELS) {
      const dma32 = { ...zoneX({ pages: 600 }), name: 'DMA32', index: 1, startPfn: 4096 } as const;
      const gfp = 'GFP_KERNEL|__GFP_DMA32';
      const report = askZones([dma32, zoneX({ pages: 60000 })], { kernel, gfp });
      expect(report).toMatchObject({ outcome: 'fail', oomKills: 0 });
    }
  });

  test('E27 the atomic mask of 4.17 between 3/8 and 1/2 of min', () => {
    const metadata = ask({ kernel: KERNEL_417, gfp: '0x1091a20', free: 450 });
    expect(metadata.outcome).toBe('fail');
    expect(warningIds(metadata)).toEqual(['W2']);
    expect(ask({ kernel: KERNEL_417, gfp: 'GFP_ATOMIC', free: 450 }).outcome).toBe('page');
    expect(ask({ kernel: KERNEL_417, gfp: '0x1091a20', free: 501 }).outcome).toBe('page');
  });

  test('E28 NOFAIL and NORETRY: reclaim for ever, no kill, 3/4 of min each round', () => {
    const report = ask({ kernel: KERNEL_417, gfp: '0x1411ac0', free: 700 });
    expect(report).toMatchObject({ outcome: 'loop', oomKills: 0 });
    expect(report.rounds).toBeGreaterThan(50);
    expect(report.warnings).toEqual([]);
    const resort = report.steps.find((step) => step.step === 'N2' && step.zone === 'Normal');
    expect(resort).toMatchObject({ mark: 750, needed: 751, passed: false });
  });

  test('E29 NOFAIL that cannot wait: silent in 6.1 with NOWARN, warned in 6.12', () => {
    const gfp = 'GFP_NOWAIT|__GFP_NOFAIL|__GFP_NOWARN';
    const silent = ask({ kernel: KERNEL_61, gfp, free: 600 });
    expect(silent).toMatchObject({ outcome: 'fail', warnings: [] });
    const loud = ask({ kernel: KERNEL_612, gfp, free: 600 });
    expect([loud.outcome, warningIds(loud)]).toEqual(['fail', ['W2']]);
    const plain = ask({ kernel: KERNEL_61, gfp: 'GFP_NOWAIT|__GFP_NOFAIL', free: 600 });
    expect(warningIds(plain)).toEqual(['W2']);
  });

  test('E45 who counts free pages twice', () => {
    const rounds = (kernel: KernelProfile) => {
      const report = ask({ kernel, gfp: 'GFP_KERNEL', free: 600 });
      expect(report).toMatchObject({ outcome: 'block', oomKills: 1 });
      return report.reclaims;
    };
    expect(rounds(KERNEL_417)).toBe(1);
    expect(rounds(KERNEL_61)).toBe(17);
    expect(rounds(KERNEL_612)).toBe(17);
  });

  test('oversize orders', () => {
    const report = ask({ kernel: KERNEL_417, gfp: 'GFP_KERNEL', order: 11, free: 50000 });
    expect(report.outcome).toBe('fail');
    const recent = ask({ kernel: KERNEL_61, gfp: 'GFP_KERNEL', order: 11, free: 50000 });
    expect(recent.steps[0]?.step).toBe('entry');
  });
});

describe('kswapd and the per-CPU lists', () => {
  const twoZones = (normal: number, dma32: number): ZoneConfig[] => [
    {
      ...zoneX({ pages: dma32 }),
      name: 'DMA32',
      index: 1,
      startPfn: 4096,
      lowmemReserve: [0, 0, 500, 500],
    },
    zoneX({ pages: normal }),
  ];
  const decide = (kernel: KernelProfile, zones: ZoneConfig[]) =>
    askZones(zones, { kernel, gfp: 'GFP_KERNEL' });

  test('E38 a lower zone above its mark and reserve answers; kswapd sleeps on', () => {
    for (const kernel of KERNELS) {
      const report = decide(kernel, twoZones(1200, 2001));
      expect(report).toMatchObject({ outcome: 'page', wokeKswapd: false });
      expect(passesAt(report, 'fast path')).toBe(true);
    }
  });

  test('E39 between low and high nobody wakes kswapd', () => {
    for (const kernel of KERNELS) {
      expect(decide(kernel, twoZones(1400, 1400))).toMatchObject({
        outcome: 'page',
        wokeKswapd: false,
      });
    }
  });

  test('E40 at low, the slow path wakes kswapd and succeeds at min without reclaim', () => {
    for (const kernel of KERNELS) {
      const report = decide(kernel, twoZones(1250, 1700));
      expect(report).toMatchObject({ outcome: 'page', wokeKswapd: true, reclaims: 0 });
      expect(passesAt(report, 'S4')).toBe(true);
    }
  });

  test('E44 a refill takes a whole batch past the mark', () => {
    const zone = { pcp: { batch: 31, high: 186, highMin: 186, highMax: 186 } };
    const first = ask({ kernel: KERNEL_417, gfp: 'GFP_KERNEL', free: 1251, zone });
    expect(passesAt(first, 'fast path')).toBe(true);
    const machine = machineOf(KERNEL_417, [{ ...zoneX({ pages: 1251 }), ...zone }]);
    const parts = buildParts(machine, NO_LOAD, new RandomStreams('refill', 0));
    expect(parts.pages.allocate(0, 0x14000c0, new TaskContext())).toBeGreaterThan(0);
    expect(parts.memory.zones[0]).toMatchObject({ freePages: 1220, low: 1250 });
  });
});
