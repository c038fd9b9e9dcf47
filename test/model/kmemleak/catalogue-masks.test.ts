import { describe, expect, it } from 'vitest';
import { loadKernels, loadVariants } from '../../../src/cli/load-catalogs.ts';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import { CALLER_CLASSES } from '../../../src/model/kmemleak/caller-classes.ts';
import { variantWarnings } from '../../../src/model/kmemleak/variant-warnings.ts';

// The masks and the warnings of every proposal as the mails and the sources give them, 4.17; in
// later kernels the same flags stand in other places.

const variants = await loadVariants();
const kernels = await loadKernels();
const linux417 = kernels.get('4.17');

type FiveMasks = readonly [A: number, B: number, C: number, D: number, E: number];

const QUIET: FiveMasks = [0x14112c0, 0x1091220, 0x1011200, 0x1411240, 0x1011200];
const NOFAIL: FiveMasks = [0x1411ac0, 0x1091a20, 0x1011a00, 0x1411a40, 0x1011a00];
const DIRECT: FiveMasks = [0x1411ac0, 0x1491a20, 0x1411a00, 0x1411a40, 0x1411a00];
const NOLOCKDEP: FiveMasks = [0x14112c0, 0x1091220, 0x1011200, 0x3411240, 0x1011200];
const ATOMIC: FiveMasks = [0x1080020, 0x1080020, 0x1080020, 0x1080020, 0x1080020];
const MEMPOOL = {
  first: [0x1011280, 0x1091220, 0x1011200, 0x1011200, 0x1011200],
  second: [0x14112c0, null, null, 0x1411240, null],
} as const;

/** Masks of the tries, in a task; `atomic`: those where sleeping is not allowed, if others. */
interface Expected {
  readonly tries: readonly FiveMasks[];
  readonly atomic?: readonly FiveMasks[];
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  'orig-2009': { tries: [[0x14000c0, 0x1080020, 0x1000000, 0x1400040, 0x1000000]] },
  'quiet-2011': { tries: [QUIET] },
  'nofail-4.15': { tries: [NOFAIL] },
  'revert-5.3': { tries: [QUIET] },
  'pool-5.4': { tries: [QUIET] },
  'nolockdep-5.15': { tries: [NOLOCKDEP] },
  'nested-6.10': { tries: [NOLOCKDEP] },
  'rfc-nowait': { tries: [QUIET] },
  'rfc-strict': { tries: [[0x10112c0, 0x1091220, 0x1011200, 0x1011240, 0x1011200]] },
  'fi-nofail': { tries: [[0x1410ac0, 0x1090a20, 0x1010a00, 0x1410a40, 0x1010a00]] },
  'fi-nofail-direct': { tries: [DIRECT] },
  'knob-scope': { tries: [QUIET] },
  'knob-global': { tries: [QUIET] },
  'knob-task': { tries: [QUIET] },
  nofaultinject: { tries: [[0x54112c0, 0x5091220, 0x5011200, 0x5411240, 0x5011200]] },
  'failslab-noleaktrace': { tries: [QUIET] },
  'earlylog-pool': { tries: [QUIET] },
  retry10: { tries: Array.from({ length: 10 }, () => QUIET) },
  'undo-primary': { tries: [[0x14000c0, 0x1080020, 0x1000000, 0x3400040, 0x1011200]] },
  'pool-1M-thread': { tries: [NOFAIL] },
  placeholder: { tries: [QUIET] },
  embedded: { tries: [QUIET] },
  'lastditch-v1': { tries: [NOFAIL, DIRECT], atomic: [NOFAIL, ATOMIC] },
  'lastditch-v2': { tries: [NOFAIL, DIRECT], atomic: [NOFAIL, ATOMIC] },
  'lastditch-v3': { tries: [NOFAIL, DIRECT], atomic: [NOFAIL, ATOMIC] },
  'lastditch-v4': {
    tries: [DIRECT],
    atomic: [[0x1491ae0, 0x1091a20, 0x1091a20, 0x1491a60, 0x1091a20]],
  },
  'emergency-pool': { tries: [QUIET] },
  'scan-time-refill': { tries: [QUIET] },
  'sleepable-refill': { tries: [QUIET] },
  'retry-mayfail': { tries: [[0x14106c0, 0x1090620, 0x1010600, 0x1410640, 0x1010600]] },
  'drop-noretry': { tries: [[0x14102c0, 0x1090220, 0x1010200, 0x1410240, 0x1010200]] },
  'never-fails': { tries: [QUIET] },
  untracked: { tries: [] },
};

/** The same flags at their places in another kernel; ATOMIC and the like may not exist there. */
function translate(mask: number, to: KernelProfile): number {
  let moved = (mask & linux417.gfp.lockdepBit) === 0 ? 0 : to.gfp.lockdepBit;
  if ((mask & (linux417.gfp.lockdepBit * 2)) !== 0) moved |= to.gfp.lockdepBit * 2;
  for (const [name, bit] of Object.entries(linux417.gfp.bits)) {
    if (bit !== 0 && (mask & bit) !== 0) moved |= { ...to.gfp.bits }[name] ?? 0;
  }
  return moved >>> 0;
}

/** The masks of the tries for each caller, as a variant makes them. */
function made(name: string, kernel: KernelProfile, atomic: boolean, callers: FiveMasks): string[] {
  const context = { atomic, faultInjection: true, preemptCount: true };
  return callers.map((caller) =>
    variants
      .get(name)
      .attempts(translate(caller, kernel), context, kernel)
      .map((mask) => mask.toString(16))
      .join(' '),
  );
}

const CALLERS: FiveMasks = [0x14000c0, 0x1080020, 0x1000000, 0x3400040, 0x1011200];

function expected(tries: readonly FiveMasks[], kernel: KernelProfile): string[] {
  return CALLERS.map((_, place) =>
    tries.map((masks) => translate(masks[place]!, kernel).toString(16)).join(' '),
  );
}

describe.each(['4.17', '6.1', '6.12'])('masks in %s', (profile) => {
  const kernel = kernels.get(profile);

  it.each(Object.entries(EXPECTED))('%s', (name, { tries, atomic = tries }) => {
    expect(made(name, kernel, false, CALLERS)).toEqual(expected(tries, kernel));
    expect(made(name, kernel, true, CALLERS)).toEqual(expected(atomic, kernel));
  });

  it.each(['mempool-v1', 'mempool-v2'])('%s: one pass more for callers that reclaim', (name) => {
    const passes = CALLERS.map((_, place) =>
      [MEMPOOL.first[place], MEMPOOL.second[place]]
        .filter((mask) => typeof mask === 'number')
        .map((mask) => translate(mask, kernel).toString(16))
        .join(' '),
    );
    expect(made(name, kernel, false, CALLERS)).toEqual(passes);
  });

  it('every variant has its row', () => {
    const rows = [...Object.keys(EXPECTED), 'mempool-v1', 'mempool-v2'].sort();
    expect(rows).toEqual(variants.names());
  });
});

it('the callers are those of the mails', () => {
  expect(CALLER_CLASSES.map(({ gfp }) => gfp(linux417))).toEqual([...CALLERS]);
});

it('the mask that landed, as later kernels have it', () => {
  const landed = (profile: string) => {
    const kernel = kernels.get(profile);
    const callers = CALLER_CLASSES.slice(0, 4).map(({ gfp }) => gfp(kernel));
    const context = { atomic: false, faultInjection: true };
    return callers.flatMap((caller) =>
      variants.get('nested-6.10').attempts(caller, context, kernel),
    );
  };
  expect(landed('6.1')).toEqual([0x92cc0, 0x92a20, 0x92800, 0x8092c40]);
  expect(landed('6.12')).toEqual([0x92cc0, 0x92820, 0x92800, 0x1092c40]);
});

it('lastditch-v1 and v2 try once where the kernel does not count preemption, v3 twice', () => {
  const context = { atomic: false, faultInjection: true, preemptCount: false };
  const tries = (name: string) => variants.get(name).attempts(0x1080020, context, linux417);
  expect(tries('lastditch-v1')).toEqual([0x1091a20]);
  expect(tries('lastditch-v2')).toEqual([0x1091a20]);
  expect(tries('lastditch-v3')).toEqual([0x1091a20, 0x1491a20]);
});

it('the two proposals for fault injection alone are the quiet mask without it', () => {
  const context = { atomic: false, faultInjection: false };
  for (const name of ['fi-nofail', 'fi-nofail-direct']) {
    const masks = CALLERS.map((caller) => variants.get(name).attempts(caller, context, linux417));
    expect(masks.flat()).toEqual([...QUIET]);
  }
});

it("the gathering thread's own mask is a constant", () => {
  expect(variants.get('pool-1M-thread').refillFlags!(linux417)).toBe(0x1410a00);
});

/** Warnings by caller A to E in a task, a reclaiming task, an atomic context, as `W1t W6a`. */
function warnings(name: string, kernel: KernelProfile): string[] {
  return CALLERS.map((caller) =>
    variantWarnings(variants.get(name), translate(caller, kernel), kernel)
      .map(({ id, contexts }) => `${id}${contexts.map((one) => one[0]).join('')}`)
      .join(' '),
  );
}

describe('warnings, 4.17', () => {
  // W6 of A and D in an atomic context is the caller's own mistake: every mask that reclaims.
  const QUIETLY = ['W6a', '', '', 'L1tra W6a', ''];
  const LOUDLY = ['W3r W6a', 'W2tra', 'W2tra', 'L1tra W3r W6a', 'W2tra'];
  const REVERTED = Object.keys(EXPECTED).filter((name) => EXPECTED[name]!.tries[0] === QUIET);

  it.each([...REVERTED, 'orig-2009', 'retry-mayfail', 'drop-noretry', 'mempool-v1', 'mempool-v2'])(
    '%s: none but that NOLOCKDEP is lost',
    (name) => {
      expect(warnings(name, linux417)).toEqual(QUIETLY);
    },
  );

  it.each(['nofail-4.15', 'fi-nofail', 'pool-1M-thread'])('%s: W2, and W3 in reclaim', (name) => {
    expect(warnings(name, linux417)).toEqual(LOUDLY);
  });

  it.each<[string, readonly string[]]>([
    ['nolockdep-5.15', ['W6a', '', '', 'W6a', '']],
    ['nested-6.10', ['W6a', '', '', 'W6a', '']],
    ['undo-primary', ['W6a', '', '', 'W6a', '']],
    ['rfc-strict', ['', '', '', 'L1tra', '']],
    ['nofaultinject', QUIETLY],
    ['untracked', ['', '', '', '', '']],
    ['fi-nofail-direct', ['W3r W6a', 'W1tra W3r W6a', 'W3r W6a', 'L1tra W3r W6a', 'W3r W6a']],
    ['lastditch-v3', ['W3r W6a', 'W1tr W2tra W3r', 'W2tra W3r', 'L1tra W3r W6a', 'W2tra W3r']],
    ['lastditch-v4', ['W1a W3r W6a', 'W1tr W2a W3r', 'W2a W3r', 'L1tra W1a W3r W6a', 'W2a W3r']],
  ])('%s', (name, rows) => {
    expect(warnings(name, linux417)).toEqual(rows);
  });
});

describe('warnings, later kernels', () => {
  it('6.1 is silent about NOFAIL with NOWARN, but not about ATOMIC with DIRECT_RECLAIM', () => {
    const linux61 = kernels.get('6.1');
    expect(warnings('nofail-4.15', linux61)).toEqual(['W6a', '', '', 'L1tra W6a', '']);
    expect(warnings('fi-nofail-direct', linux61)[1]).toBe('W1tra W6a');
  });

  it('6.12 judges NOFAIL at entry, whatever else the mask says; ATOMIC is gone', () => {
    const linux612 = kernels.get('6.12');
    expect(warnings('nofail-4.15', linux612)).toEqual([
      'W3r W6a',
      'W2tra W3r',
      'W2tra W3r',
      'L1tra W3r W6a',
      'W2tra W3r',
    ]);
    expect(warnings('fi-nofail-direct', linux612)[1]).toBe('W3r W6a');
  });
});
