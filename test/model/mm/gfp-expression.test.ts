import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/user-error.ts';
import k417 from '../../../src/kernel/profiles/4.17.ts';
import k61 from '../../../src/kernel/profiles/6.1.ts';
import k612 from '../../../src/kernel/profiles/6.12.ts';
import { compileMaskExpression, parseGfp } from '../../../src/model/mm/gfp.ts';

const GFP_KERNEL = 0x14000c0;

describe('compileMaskExpression', () => {
  it.each([
    [
      '(gfp & (GFP_KERNEL|GFP_ATOMIC)) | __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN',
      0x14112c0,
    ],
    ['gfp & ~__GFP_DIRECT_RECLAIM | GFP_NOWAIT', 0x10000c0],
    ['gfp + __GFP_NOFAIL', 0x14008c0],
    ['gfp ^ GFP_KERNEL', 0],
    ['~gfp & 0xff', 0x3f],
    ['  gfp  ', GFP_KERNEL],
    ['GFP_ATOMIC', 0x1080020],
  ])('%s', (text, value) => {
    expect(compileMaskExpression(text, k417)(GFP_KERNEL)).toBe(value);
  });

  it('binds & before ^ before |, and ~ before all', () => {
    const mask = (text: string) => compileMaskExpression(text, k417)(0x20);
    expect(mask('0x1 | 0x2 & 0x4')).toBe(0x1);
    expect(mask('0x3 ^ 0x1 & 0x2')).toBe(0x3);
    expect(mask('0x4 | 0x6 ^ 0x2')).toBe(0x4);
    expect(mask('~0x1 & 0x3')).toBe(0x2);
  });

  it('knows names that a proposal brings', () => {
    const flag = { name: '__GFP_NOFAULTINJECT', value: 0x4000000 };
    const mask = compileMaskExpression('gfp | __GFP_NOFAULTINJECT', k417, [flag]);
    expect(mask(0x1000000)).toBe(0x5000000);
  });

  it('agrees with the arithmetic of JavaScript', () => {
    const caller = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const check = (tree: Tree, gfp: number) => {
      expect(compileMaskExpression(tree.text, k61)(gfp)).toBe(tree.value(gfp) >>> 0);
    };
    fc.assert(fc.property(trees, caller, check), { numRuns: 500 });
  });
});

describe('parseGfp', () => {
  it.each([
    ['0x14000c0', GFP_KERNEL],
    ['20971712', GFP_KERNEL],
    ['0X14000C0', GFP_KERNEL],
    ['0x14000c0u', GFP_KERNEL],
    ['GFP_KERNEL', GFP_KERNEL],
    ['KERNEL', GFP_KERNEL],
    ['kernel', GFP_KERNEL],
    ['atomic', 0x1080020],
    ['ATOMIC', 0x80000],
    ['__GFP_ATOMIC', 0x80000],
    ['___GFP_NOFAIL', 0x800],
    ['NOFAIL', 0x800],
    ['GFP_ZERO', 0x8000],
    ['__GFP_NOLOCKDEP', 0x2000000],
    ['GFP_KERNEL|__GFP_COMP|0x4000000', 0x54040c0],
    ['GFP_KERNEL&~__GFP_RECLAIM', 0xc0],
    ['mode:0x14040c0(GFP_KERNEL|__GFP_COMP), nodemask=(null)', 0x14040c0],
    ['gfp_mask=0x0()', 0],
    ['gfp_flags=GFP_KERNEL|__GFP_ZERO', 0x14080c0],
    ['gfp_flags=none', 0],
    ['0xffffffff', 0xffffffff],
  ])('reads %s', (text, value) => {
    expect(parseGfp(text, k417)).toBe(value);
  });

  it.each([
    ['', 'an empty gfp mask'],
    ['   ', 'an empty gfp mask'],
    [
      '-5',
      "'-' (a mask is unsigned, and flags are taken away with & ~) has no place in a gfp mask at column 1",
    ],
    ['1.5', "'.' has no place in a gfp mask at column 2"],
    ['NaN', "unknown gfp flag 'NaN' at column 1"],
    ['0x100000000', '0x100000000 has more than 32 bits at column 1'],
    ['14000c0', "'14000c0' is not a number at column 1 of '14000c0'; did you mean '0x14000c0'?"],
    [
      'GFP_KERNEL|__GFP_NORETYR',
      "at column 12 of 'GFP_KERNEL|__GFP_NORETYR'; did you mean '__GFP_NORETRY'?",
    ],
    ['GFP_KERNEL|', 'the gfp mask ends too soon at column 12'],
    ['(GFP_KERNEL', "'(' is never closed at column 1"],
    ['GFP_KERNEL)', "')' is one too many at column 11"],
    ['GFP_KERNEL GFP_DMA', "'GFP_DMA' is one too many at column 12"],
    ['| GFP_DMA', "'|' where a flag should stand at column 1"],
    ['GFP_DMA\u0000', 'an unprintable character has no place in a gfp mask at column 8'],
    ['gfp', "'gfp' stands for a caller's mask: there is none here at column 1"],
    ['mode: GFP_KERNAL', "unknown gfp flag 'GFP_KERNAL' at column 7"],
    ['('.repeat(500), 'the gfp mask is nested too deeply at column 101'],
    ['~'.repeat(500), 'the gfp mask is nested too deeply at column 101'],
    ['x'.repeat(10_000_000), 'a gfp mask of 10000000 characters'],
  ])('refuses %.20s', (text, message) => {
    expect(() => parseGfp(text, k417)).toThrow(UserError);
    expect(() => parseGfp(text, k417)).toThrow(message);
  });

  it('says that a flag belongs to other kernels', () => {
    expect(() => parseGfp('__GFP_ATOMIC', k612)).toThrow(
      'kernel 6.12 has no such flag; Linux 4.4 to 4.9, 4.10 to 4.14, 4.15 to 4.17, 4.18 to 5.0 and',
    );
    expect(() => parseGfp('ATOMIC', k612)).toThrow('kernel 6.12 has no such flag');
    expect(() => parseGfp('__GFP_ZEROTAGS', k417)).toThrow('kernel 4.17 has no such flag');
    expect(parseGfp('atomic', k612)).toBe(0x820);
  });

  it('never shows a long input whole', () => {
    const message = messageOf(() => parseGfp(`${'A'.repeat(1900)}`, k417));
    expect(message.length).toBeLessThan(1200);
  });
});

/** A random expression beside its meaning. */
interface Tree {
  readonly text: string;
  readonly value: (gfp: number) => number;
}

const leaves: fc.Arbitrary<Tree> = fc.oneof(
  fc.constant<Tree>({ text: 'gfp', value: (gfp) => gfp }),
  fc.constant<Tree>({ text: 'GFP_KERNEL', value: () => 0xcc0 }),
  fc.nat(0xffffffff).map<Tree>((n) => ({ text: `0x${n.toString(16)}`, value: () => n })),
);

const trees: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaves,
    tie('tree').map<Tree>((a) => ({ text: `~(${a.text})`, value: (gfp) => ~a.value(gfp) })),
    fc.tuple(tie('tree'), tie('tree'), fc.constantFrom('&', '|', '^')).map(joined),
  ),
})).tree;

function joined([a, b, operator]: [Tree, Tree, '&' | '|' | '^']): Tree {
  const text = `(${a.text}) ${operator} (${b.text})`;
  if (operator === '&') return { text, value: (gfp) => a.value(gfp) & b.value(gfp) };
  if (operator === '|') return { text, value: (gfp) => a.value(gfp) | b.value(gfp) };
  return { text, value: (gfp) => a.value(gfp) ^ b.value(gfp) };
}

function messageOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
}
