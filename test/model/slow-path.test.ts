import { describe, expect, test } from 'vitest';
import type { KernelProfile } from '../../src/kernel/kernel-profile.ts';
import type { ZoneConfig } from '../../src/model/machine-config.ts';
import { ask, askZones, passesAt, warningIds } from './ask.ts';
import { KERNEL_61, KERNEL_417, KERNEL_612, KERNELS, zoneX } from './machines.ts';

// How a request ends that finds no page at min: every exit of the slow path. Nothing can be
// reclaimed unless a page cache is given; nobody can be killed, so that a kill ends the story.

describe('a mask that no zone is open to', () => {
  test.each(KERNELS)('$name: fails at once, blocking or not', (kernel) => {
    for (const gfp of ['GFP_KERNEL|__GFP_DMA', 'GFP_DMA', '0xfffff7ff & ~__GFP_NOFAIL']) {
      const report = ask({ kernel, gfp, free: 5000 });
      expect(report, gfp).toMatchObject({ outcome: 'fail', reclaims: 0, oomKills: 0 });
      expect(report.steps.map(({ step }) => step)).toContain('S2');
    }
  });

  test.each(KERNELS)('$name: NOFAIL goes round for ever, if it may reclaim', (kernel) => {
    const gfp = 'GFP_KERNEL|__GFP_DMA|__GFP_NOFAIL';
    expect(ask({ kernel, gfp, free: 5000 })).toMatchObject({ outcome: 'loop', oomKills: 0 });
    const weak = ask({ kernel, gfp: 'GFP_NOWAIT|__GFP_DMA|__GFP_NOFAIL', free: 5000 });
    expect(weak.outcome).toBe('fail');
  });
});

describe('NOFAIL', () => {
  const gfp = 'GFP_KERNEL|__GFP_NOFAIL';

  test.each(KERNELS)('$name: once a kill is asked for, it may have every page', (kernel) => {
    const report = ask({ kernel, gfp, free: 1 });
    expect(report).toMatchObject({ outcome: 'page', oomKills: 1 });
    expect(passesAt(report, 'R14')).toBe(true);
    expect(ask({ kernel, gfp, free: 0 })).toMatchObject({ outcome: 'block', oomKills: 1 });
  });

  test.each(KERNELS)('$name: without FS nobody dies, and it may have every page', (kernel) => {
    const nofs = 'GFP_NOFS|__GFP_NOFAIL';
    expect(ask({ kernel, gfp: nofs, free: 1 })).toMatchObject({ outcome: 'page', oomKills: 0 });
    expect(ask({ kernel, gfp: nofs, free: 0 })).toMatchObject({ outcome: 'loop', oomKills: 0 });
  });

  test.each(KERNELS)('$name: NORETRY keeps it from the killer and from those pages', (kernel) => {
    const report = ask({ kernel, gfp: `${gfp}|__GFP_NORETRY`, free: 400 });
    expect(report).toMatchObject({ outcome: 'loop', oomKills: 0 });
    expect(report.rounds).toBeGreaterThan(50);
  });

  test('in a PF_MEMALLOC task without reserves: loops, no reclaim, one warning', () => {
    const asked = { gfp: '0x1411a40', free: 700, context: { memalloc: true } };
    const report = ask({ kernel: KERNEL_417, ...asked });
    expect(report).toMatchObject({ outcome: 'loop', reclaims: 0 });
    expect(warningIds(report)).toEqual(['W3']);
    const above = ask({ kernel: KERNEL_417, ...asked, free: 751 });
    expect(above.outcome).toBe('page');
  });

  test('W3 is silent with NOWARN in 6.1, and told at entry in 6.12', () => {
    const context = { memalloc: true };
    const ids = (kernel: KernelProfile, more: string, free: number) =>
      warningIds(ask({ kernel, gfp: `${gfp}|__GFP_NOMEMALLOC${more}`, free, context }));
    expect(ids(KERNEL_61, '', 400)).toEqual(['W3']);
    expect(ids(KERNEL_61, '|__GFP_NOWARN', 400)).toEqual([]);
    expect(ids(KERNEL_612, '|__GFP_NOWARN', 400)).toEqual(['W3']);
    expect(ids(KERNEL_612, '|__GFP_NOWARN', 1250)).toEqual(['W3']);
    expect(ids(KERNEL_61, '', 1250)).toEqual([]);
  });

  test('W4 above order 3 and W5 above order 1, each where its kernel looks', () => {
    const state = { blocks: [[4000], [], [], []] };
    const ids = (kernel: KernelProfile, order: number, more = '') =>
      warningIds(ask({ kernel, gfp: gfp + more, order, free: 4000, state }));
    expect(ids(KERNEL_417, 4)).toEqual(['W4']);
    expect(ids(KERNEL_61, 4, '|__GFP_NOWARN')).toEqual([]);
    expect(ids(KERNEL_612, 4)).toEqual(['W5']);
    const took = (kernel: KernelProfile) =>
      warningIds(ask({ kernel, gfp, order: 2, free: 5000, state: {} }));
    expect(KERNELS.map(took)).toEqual([['W5'], ['W5'], []]);
  });

  test('that cannot wait fails; the two warnings of W1 and W2 do not mix', () => {
    const both = ask({ kernel: KERNEL_417, gfp: '0x1491a20', free: 450 });
    expect(warningIds(both)).toEqual(['W1']);
    expect(both.outcome).toBe('loop');
  });
});

describe('an OOM victim', () => {
  const context = { oomVictim: true };

  test.each(KERNELS)('$name: fails, and nobody else is killed for it', (kernel) => {
    for (const gfp of ['GFP_KERNEL', 'GFP_KERNEL|__GFP_NOMEMALLOC', 'GFP_NOFS']) {
      const report = ask({ kernel, gfp, free: 500, context });
      expect(report, gfp).toMatchObject({ outcome: 'fail', oomKills: 0 });
      expect(report.steps.map(({ step }) => step)).toContain('R15');
    }
  });

  test('MEMALLOC gives it all pages, which is not the flag that ends it', () => {
    for (const kernel of KERNELS) {
      const gfp = 'GFP_KERNEL|__GFP_MEMALLOC';
      expect(ask({ kernel, gfp, free: 0, context }).outcome).toBe('loop');
    }
  });
});

describe('PF_MEMALLOC and the scopes', () => {
  test.each(KERNELS)('$name: no reclaim inside reclaim', (kernel) => {
    const report = ask({ kernel, gfp: 'GFP_KERNEL', free: 0, context: { memalloc: true } });
    expect(report).toMatchObject({ outcome: 'fail', reclaims: 0, oomKills: 0 });
  });

  test.each(KERNELS)('$name: a NOFS or NOIO scope takes the OOM killer away', (kernel) => {
    for (const context of [{ memallocNofs: true }, { memallocNoio: true }]) {
      const report = ask({ kernel, gfp: 'GFP_KERNEL', free: 400, context });
      expect(report).toMatchObject({ outcome: 'loop', oomKills: 0 });
    }
  });

  test('the fast path of 4.17 still sees the whole mask, that of 6.x does not', () => {
    const masks = KERNELS.map((kernel) => {
      const context = { memallocNoio: true };
      const { steps } = ask({ kernel, gfp: 'GFP_KERNEL', free: 5000, context });
      return steps.find(({ step }) => step === 'request')!.note;
    });
    expect(masks).toEqual([
      'order 0, 0x14000c0 GFP_KERNEL',
      'order 0, 0xc00 GFP_NOIO',
      'order 0, 0xc00 GFP_NOIO',
    ]);
  });
});

describe('how far a request goes before it fails', () => {
  test.each(KERNELS)('$name: GFP_NOWAIT walks once at low and twice at min', (kernel) => {
    const { steps } = ask({ kernel, gfp: 'GFP_NOWAIT', free: 900 });
    const checks = steps.filter(({ zone }) => zone !== undefined).map(({ mark }) => mark);
    // 6.x walks the fast path twice: without mixing pageblocks, then with.
    const fast = kernel === KERNEL_417 ? [1250] : [1250, 1250];
    expect(checks).toEqual([...fast, 1000, 1000]);
  });

  test('THISNODE loops as long as it seems worth it, and kills nobody', () => {
    for (const kernel of KERNELS) {
      const report = ask({ kernel, gfp: 'GFP_KERNEL|__GFP_THISNODE', free: 600 });
      expect(report).toMatchObject({ outcome: 'fail', oomKills: 0 });
      expect(report.reclaims).toBe(kernel === KERNEL_417 ? 1 : 17);
    }
  });

  test('6.x gives a costly NORETRY request up before it reclaims, 4.17 does not', () => {
    const state = { blocks: [[600], [], [], []] };
    const gfp = 'GFP_KERNEL|__GFP_NORETRY';
    const reclaims = KERNELS.map((kernel) => ask({ kernel, gfp, order: 4, free: 600, state }));
    expect(reclaims.map((report) => report.reclaims)).toEqual([1, 0, 0]);
  });

  test('without IO 6.x does not retry for the sake of compaction', () => {
    // Reclaim gets a block where the mark forbids it; where pages abound there is no block.
    const small = { blocks: [[5000], [], [], []] };
    const dma32 = { ...zoneX({ pages: 5000, ...small }), name: 'DMA32', index: 1, startPfn: 4096 };
    const zones = [dma32 as ZoneConfig, zoneX({ pages: 10 })];
    const retries = KERNELS.map((kernel) => {
      const asked = { kernel, gfp: 'GFP_NOIO', order: 3, cleanFilePages: 32 };
      return askZones(zones, asked).steps.some(({ step }) => step === 'R12');
    });
    expect(retries).toEqual([true, false, false]);
  });

  test('what reclaim frees is had at once; the per-CPU lists are emptied for it', () => {
    for (const kernel of KERNELS) {
      const zone = { pcp: { batch: 1, high: 1000, highMin: 1000, highMax: 1000 } };
      const common = { kernel, gfp: 'GFP_KERNEL|__GFP_NORETRY', cleanFilePages: 32, zone };
      const report = ask({ ...common, free: 980 });
      expect(report).toMatchObject({ outcome: 'page', reclaims: 1 });
      expect(report.steps.map(({ step }) => step)).toContain('drain');
      expect(ask({ ...common, free: 900 }).outcome).toBe('fail');
    }
  });

  test('an order above the largest: 6.x refuses at entry, 4.17 in the slow path', () => {
    for (const gfp of ['GFP_KERNEL', 'GFP_KERNEL|__GFP_NOFAIL', '__GFP_ATOMIC|GFP_KERNEL']) {
      const old = ask({ kernel: KERNEL_417, gfp, order: 11, free: 50000 });
      expect([old.outcome, warningIds(old), old.steps.at(-1)?.step]).toEqual(['fail', [], 'S0']);
    }
    const recent = ask({ kernel: KERNEL_612, gfp: 'GFP_KERNEL', order: 11, free: 50000 });
    expect(recent.steps.map(({ step }) => step)).toEqual(['entry']);
  });
});

describe('what a step shows', () => {
  test('a walk without watermarks says so in place of a refusal', () => {
    const report = ask({ kernel: KERNEL_61, gfp: 'GFP_KERNEL|__GFP_MEMALLOC', free: 3 });
    const walk = report.steps.filter(({ step, mark }) => step === 'R4' && mark !== undefined);
    expect(walk).toMatchObject([{ free: 3, mark: 0, reserve: 0, needed: 1, passed: true }]);
  });

  test('the pages on per-CPU lists that a failing request could not reach', () => {
    const state = { pcp: [7] };
    const report = ask({ kernel: KERNEL_61, gfp: 'GFP_ATOMIC', order: 4, free: 300, state });
    expect(report.outcome).toBe('fail');
    expect(report.steps.at(-1)).toMatchObject({ step: 'pcp' });
    expect(report.steps.at(-1)?.note).toContain('hold 7 pages');
  });

  test('the zones from the highest down, each with its own reserve', () => {
    const dma32 = { ...zoneX({ pages: 100 }), name: 'DMA32', index: 1, startPfn: 4096 } as const;
    const lower = { ...dma32, lowmemReserve: [0, 0, 77, 77] };
    const report = askZones([lower, zoneX({ pages: 200 })], {
      kernel: KERNEL_417,
      gfp: 'GFP_ATOMIC',
    });
    const s4 = report.steps.filter(({ step, zone }) => step === 'S4' && zone !== undefined);
    expect(s4).toMatchObject([
      { zone: 'Normal', free: 200, mark: 375, reserve: 0, needed: 376, passed: false },
      { zone: 'DMA32', free: 100, mark: 375, reserve: 77, needed: 453, passed: false },
    ]);
  });
});
