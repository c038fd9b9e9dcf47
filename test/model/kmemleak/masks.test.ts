import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import linux612 from '../../../src/kernel/profiles/6.12.ts';
import type { KmemleakVariant } from '../../../src/model/kmemleak/variant.ts';
import fiNofail from '../../../src/model/kmemleak/variants/fi-nofail.ts';
import knobTask from '../../../src/model/kmemleak/variants/knob-task.ts';
import nofail from '../../../src/model/kmemleak/variants/nofail-4.15.ts';
import nofaultinject from '../../../src/model/kmemleak/variants/nofaultinject.ts';
import pool from '../../../src/model/kmemleak/variants/pool-5.4.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';
import rfcNowait from '../../../src/model/kmemleak/variants/rfc-nowait.ts';
import rfcStrict from '../../../src/model/kmemleak/variants/rfc-strict.ts';

function mask(variant: KmemleakVariant, caller: number, kernel: KernelProfile = linux417): number {
  const masks = variant.attempts(caller, { atomic: false, faultInjection: true }, kernel);
  expect(masks).toHaveLength(1);
  return masks[0]!;
}

/** GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT, GFP_NOFS with NOLOCKDEP, first pass of a swap-out bio. */
const CALLERS = [0x14000c0, 0x1080020, 0x1000000, 0x3400040, 0x1011200];

describe('the masks of the mails, 4.17', () => {
  it.each([
    ['quiet-2011', quiet, [0x14112c0, 0x1091220, 0x1011200, 0x1411240, 0x1011200]],
    ['nofail-4.15', nofail, [0x1411ac0, 0x1091a20, 0x1011a00, 0x1411a40, 0x1011a00]],
    ['rfc-nowait', rfcNowait, [0x14112c0, 0x1091220, 0x1011200, 0x1411240, 0x1011200]],
    ['rfc-strict', rfcStrict, [0x10112c0, 0x1091220, 0x1011200, 0x1011240, 0x1011200]],
    ['fi-nofail', fiNofail, [0x1410ac0, 0x1090a20, 0x1010a00, 0x1410a40, 0x1010a00]],
    ['nofaultinject', nofaultinject, [0x54112c0, 0x5091220, 0x5011200, 0x5411240, 0x5011200]],
    ['knob-task', knobTask, [0x14112c0, 0x1091220, 0x1011200, 0x1411240, 0x1011200]],
    ['pool-5.4', pool, [0x14112c0, 0x1091220, 0x1011200, 0x1411240, 0x1011200]],
  ])('%s', (_name, variant, expected) => {
    expect(CALLERS.map((caller) => mask(variant, caller))).toEqual(expected);
  });

  it('rfc-nowait differs from quiet-2011 only for callers without KSWAPD_RECLAIM', () => {
    for (const caller of [...CALLERS, 0x1000020, 0xffffffff]) {
      expect(mask(rfcNowait, caller)).toBe(mask(quiet, caller));
    }
    expect([mask(rfcNowait, 0), mask(quiet, 0)]).toEqual([0x1011200, 0x11200]);
    expect([mask(rfcNowait, 0x20), mask(quiet, 0x20)]).toEqual([0x1011220, 0x11220]);
    expect(mask(rfcNowait, 0x400000)).not.toBe(mask(quiet, 0x400000));
  });

  it('rfc-nowait leaves DIRECT_RECLAIM of GFP_KERNEL, rfc-strict takes it', () => {
    expect(mask(rfcNowait, 0x14000c0) & 0x400000).toBe(0x400000);
    expect(mask(rfcStrict, 0x14000c0) & 0x400000).toBe(0);
  });

  it('fi-nofail without fault injection is the quiet mask', () => {
    const context = { atomic: false, faultInjection: false };
    expect(fiNofail.attempts(0x14000c0, context, linux417)).toEqual([0x14112c0]);
  });
});

describe('the masks of later flag tables', () => {
  it('6.1 and 6.12 give what those kernels use', () => {
    const of = (kernel: KernelProfile) =>
      ['GFP_KERNEL', 'GFP_ATOMIC', 'GFP_NOWAIT', 'GFP_NOFS'].map((name) =>
        mask(quiet, kernel.gfp.composites[name]!, kernel),
      );
    expect(of(linux61)).toEqual([0x92cc0, 0x92a20, 0x92800, 0x92c40]);
    expect(of(linux612)).toEqual([0x92cc0, 0x92820, 0x92800, 0x92c40]);
  });
});

describe('the masks as the kernels printed them', () => {
  const names: Record<string, KmemleakVariant> = {
    quiet,
    upstream: quiet,
    nofail,
    'rfc-nowait': rfcNowait,
    nowait: rfcNowait,
    'rfc-strict': rfcStrict,
    'nowait-strict': rfcStrict,
    nofaultinject,
    'fi-nofail': fiNofail,
    catalin: fiNofail,
    'knob-task': knobTask,
    knob: knobTask,
  };

  it.each([
    ['4.17', linux417],
    ['6.1', linux61],
  ])('%s: every row', (name, kernel) => {
    const file = new URL(`../../fixtures/kmemleak/masktable-${name}.csv`, import.meta.url);
    const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
    expect(rows.length).toBe(22 * 7);
    for (const row of rows) {
      const [host, hostGfp, mode, metadataGfp] = row.split(',');
      const computed = mask(names[mode!]!, Number(hostGfp), kernel);
      expect([host, mode, computed]).toEqual([host, mode, Number(metadataGfp)]);
    }
  });
});
