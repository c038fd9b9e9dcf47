import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/user-error.ts';
import { GFP_LAYOUTS } from '../../../src/kernel/gfp-layouts.ts';
import k417 from '../../../src/kernel/profiles/4.17.ts';
import k61 from '../../../src/kernel/profiles/6.1.ts';
import k612 from '../../../src/kernel/profiles/6.12.ts';
import { parseGfp, readGfp } from '../../../src/model/mm/gfp.ts';
import { flagTableOf } from '../../../src/model/mm/gfp-foreign.ts';
import { formatNames } from '../../../src/model/mm/gfp-print.ts';
import { KERNELS, MASK_TABLES } from './masktable.ts';

describe('a line of a log', () => {
  it.each([
    [
      'kswapd0: page allocation failure: order:0, mode:0x14040c0(GFP_KERNEL|__GFP_COMP), nodemask=(null)',
      0x14040c0,
    ],
    ['swapper/0: page allocation failure. order:0, mode:0x20', 0x20],
    [
      '[ 12.3] a invoked oom-killer: gfp_mask=0x14200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null), order=0',
      0x14200ca,
    ],
    ['b invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0', 0],
    ['SLUB: Unable to allocate memory on node -1, gfp=0x1080020(GFP_ATOMIC)', 0x1080020],
    ['  cache: kmalloc-64, gfp=0x1000000(GFP_NOWAIT) order: 0', 0x1000000],
    ['kmalloc: call_site=f+0x1 bytes_req=8 gfp_flags=GFP_KERNEL|__GFP_ZERO node=-1', 0x14080c0],
    ['mm_page_alloc: pfn=1 order=0 migratetype=0 gfp_flags=GFP_KERNEL|GFP_ZERO', 0x14080c0],
    ['mm_page_alloc: pfn=1 order=0 gfp_flags=none', 0],
    ['0x14040c0(GFP_KERNEL|__GFP_COMP)', 0x14040c0],
    ['mode: GFP_KERNEL | __GFP_COMP', 0x14040c0],
    ['gfp = GFP_KERNEL & ~__GFP_FS', 0x1400040],
  ])('%.60s', (line, value) => {
    expect(readGfp(line, k417)).toEqual({ value, notes: [] });
  });

  it('a wrong name is found where it stands in the line', () => {
    const read = () => readGfp('order=0 gfp_flags=GFP_KERNAL|__GFP_ZERO node=1', k417);
    expect(read).toThrow(UserError);
    expect(read).toThrow("unknown gfp flag 'GFP_KERNAL' at column 19");
    expect(() => readGfp('order=0 gfp_flags= node=1', k417)).toThrow(UserError);
  });

  it('the words that were cut off are said to be odd, the number counts', () => {
    const read = readGfp('mode:0x14000c0(GFP_KER', k417);
    expect(read.value).toBe(0x14000c0);
    expect(read.notes[0]?.text).toContain("'GFP_KER' is no flag here");
  });
});

describe('a number and the words of another kernel', () => {
  const noteOn = (pair: string, kernel = k417) => {
    const { notes } = readGfp(`mode:${pair}, nodemask=(null)`, kernel);
    return notes.map(({ id, text }) => `${id}: ${text}`).join('; ');
  };

  it('are told with the kernels that print them so', () => {
    expect(noteOn('0x14040c0(GFP_KERNEL|__GFP_COMP)')).toBe('');
    expect(noteOn('0x24040c0(GFP_KERNEL|__GFP_COMP)')).toBe(
      'words-differ: the number is 0x24040c0, but the words mean 0x14040c0: Linux 4.4 to 4.9 prints them so',
    );
    expect(noteOn('0x6200ca(GFP_HIGHUSER_MOVABLE)', k61)).toContain('Linux 4.18 to 5.0');
    expect(noteOn('0x1000000(GFP_NOWAIT)', k612)).toContain('4.15 to 4.17 (--kernel 4.17)');
    expect(noteOn('0xa20(GFP_ATOMIC)', k612)).toContain('Linux 5.1 to 6.2 (--kernel 6.1)');
    expect(noteOn('0x800(GFP_NOWAIT)', k612)).toContain('and 6.3 to 6.7 print them so');
  });

  it('names that are gone, and names without underscores', () => {
    expect(noteOn('0x17080c0(GFP_KERNEL_ACCOUNT|__GFP_ZERO|__GFP_NOTRACK)')).toBe(
      "words-differ: '__GFP_NOTRACK' is no flag here: Linux 4.10 to 4.14 prints them so",
    );
    expect(noteOn('0x26040c0(GFP_KERNEL|GFP_COMP|GFP_NOTRACK)')).toContain('Linux 4.4 to 4.9');
    expect(noteOn('0x240c0d0(GFP_TEMPORARY|__GFP_COMP|__GFP_ZERO)')).toContain('4.4 to 4.9');
  });

  it('with the bit that user pages had from 5.14 to 5.17', () => {
    expect(noteOn('0x1100cca(GFP_HIGHUSER_MOVABLE)')).toContain(': Linux 5.14 to 5.17 prints');
    expect(noteOn('0x1100cca(GFP_HIGHUSER_MOVABLE)', k61)).toContain(': Linux 5.14 to 5.17 prints');
    expect(noteOn('0x11c24ca(GFP_TRANSHUGE)', k612)).toContain(': Linux 5.14 to 5.17 prints');
    // Masks without that bit are those of the wider table.
    expect(noteOn('0xa20(GFP_ATOMIC)', k612)).toContain(': Linux 5.1 to 6.2 (--kernel 6.1) prints');
  });

  it('that no kernel prints together', () => {
    expect(noteOn('0x2100cca(GFP_HIGHUSER_MOVABLE)', k61)).toContain(
      'no kernel known here prints the two together',
    );
  });
});

describe('a number alone', () => {
  const others = (number: string, kernel = k417) =>
    readGfp(number, kernel).notes.map(({ text }) => text);

  it('with bits that mean nothing here, as other kernels read it', () => {
    expect(others('0x24040c0')).toEqual([
      'a log of Linux 4.4 to 4.9 means GFP_KERNEL|__GFP_COMP by it',
    ]);
    expect(others('0x201da')).toEqual([
      'a log of Linux 2.6.32 to 4.3 means GFP_HIGHUSER_MOVABLE|__GFP_COLD by it',
    ]);
    expect(others('0x204020')).toEqual([
      'a log of Linux 2.6.32 to 4.3 means GFP_ATOMIC|__GFP_COMP|__GFP_NOTRACK by it',
    ]);
    expect(others('0xa20', k612)).toEqual([
      'a log of Linux 5.1 to 6.2 (--kernel 6.1) means GFP_ATOMIC by it',
    ]);
  });

  it('that spells out single flags here and is one name elsewhere', () => {
    expect(others('0xcc0')).toEqual([
      'a log of Linux 5.1 to 6.2 (--kernel 6.1), 6.3 to 6.7 and 6.8 to 6.12 (--kernel 6.12) ' +
        'means GFP_KERNEL by it',
    ]);
    expect(others('3264')).toEqual(others('0xcc0'));
    expect(others('0x1000000', k61)).toHaveLength(1);
    const since51 =
      'a log of Linux 5.1 to 6.2 (--kernel 6.1), 6.3 to 6.7 and 6.8 to 6.12 (--kernel 6.12) means ';
    expect(others('0x60c40')).toEqual([`${since51}GFP_NOFS|__GFP_COMP|__GFP_MEMALLOC by it`]);
    expect(others('0xc2cc0')[0]).toContain('means GFP_KERNEL|__GFP_NOWARN|__GFP_COMP');
    expect(others('0x800')[0]).toContain('means GFP_NOWAIT by it');
    expect(others('0x104')).toContain(`${since51}GFP_DMA32|__GFP_ZERO by it`);
  });

  it('that even with a name here is much plainer elsewhere', () => {
    const user = 'a log of Linux 5.14 to 5.17 means GFP_HIGHUSER_MOVABLE by it';
    expect([others('0x1100cca'), others('0x1100cca', k61)]).toEqual([[user], [user]]);
  });

  it('that makes sense here, or nowhere, is left alone', () => {
    for (const kernel of KERNELS) {
      for (const value of [...Object.values(kernel.gfp.composites), 0, 0x20, 0x80000000]) {
        expect(others(`${value}`, kernel), `${kernel.name} ${value}`).toEqual([]);
      }
    }
    expect(others('0x2100cca', k61)).toEqual([]);
    expect(others('0x54112c0')).toEqual([]);
    // GFP_NOFS|__GFP_NOLOCKDEP of a kernel with lockdep.
    expect(others('0x3400040')).toEqual([]);
  });

  it('no mask that the measured kernels made for usual callers is taken for a foreign one', () => {
    for (const { kernel, rows } of MASK_TABLES) {
      const usual = rows.filter(({ host }) => (host & kernel.gfp.bits.KSWAPD_RECLAIM) !== 0);
      expect(usual.length).toBeGreaterThan(90);
      for (const { host, meta } of usual) {
        expect([others(`${host}`, kernel), others(`${meta}`, kernel)]).toEqual([[], []]);
      }
    }
  });

  it('without the 0x of a log is decimal, and said to be where hex is likelier', () => {
    const noteOn = (digits: string) => readGfp(digits, k417).notes.map(({ text }) => text);
    expect(readGfp('1080020', k417).value).toBe(1080020);
    expect(noteOn('1080020')).toEqual([
      '1080020 is read as a decimal number, 0x107ad4; 0x1080020 means GFP_ATOMIC',
    ]);
    expect(noteOn('20971712')).toEqual([]);
    expect(noteOn('70144')).toEqual([]);
    expect(noteOn('0x1080020')).toEqual([]);
  });

  it('an expression is nobody’s log', () => {
    expect(readGfp('0xcc0|0x1', k417).notes).toEqual([]);
    expect(readGfp('NOFAIL', k417).notes).toEqual([]);
  });
});

describe('the flag tables of history', () => {
  // As real kernels of each release printed them.
  it.each([
    ['3.10', 0x200da, 'GFP_HIGHUSER_MOVABLE'],
    ['4.8.0-rc1', 0x27080c0, 'GFP_KERNEL_ACCOUNT|__GFP_ZERO|__GFP_NOTRACK'],
    ['4.7.0-rc7', 0x24201ca, 'GFP_HIGHUSER_MOVABLE|__GFP_COLD'],
    ['4.6.0', 0x2080020, 'GFP_ATOMIC'],
    ['4.13.6', 0x1204010, 'GFP_NOWAIT|__GFP_COMP|__GFP_RECLAIMABLE|__GFP_NOTRACK'],
    ['4.15', 0x1080020, 'GFP_ATOMIC'],
    ['4.19.60', 0x484020, 'GFP_ATOMIC|__GFP_COMP'],
    ['4.20.0', 0x6202c2, 'GFP_HIGHUSER|__GFP_NOWARN'],
    ['5.12.0-rc8', 0x40800, 'GFP_NOWAIT|__GFP_COMP'],
    ['6.0.0', 0x101c4a, 'GFP_NOFS|__GFP_HIGHMEM|__GFP_HARDWALL|__GFP_MOVABLE|__GFP_WRITE'],
    ['6.7.4-arch1-1', 0x408d40, 'GFP_NOFS|__GFP_NOFAIL|__GFP_ZERO|__GFP_ACCOUNT'],
    ['6.6.14', 0x820, 'GFP_ATOMIC'],
    ['6.12.0-rc5', 0x10cc0, 'GFP_KERNEL|__GFP_NORETRY'],
  ])('%s prints %i', (release, value, text) => {
    const hint = flagTableOf(release)!;
    const layout = GFP_LAYOUTS.find(({ kernels }) => hint.includes(`Linux ${kernels}`))!;
    expect(formatNames(value, layout.printOrder)).toBe(text);
    expect(value & ~layout.known).toBe(0);
  });

  it('are known for every release from 2.6.32 to 6.12, and for nothing else', () => {
    expect(flagTableOf('5.4.26')).toBe('its flags are those of --kernel 6.1 (Linux 5.1 to 6.2)');
    expect(flagTableOf('v4.16')).toContain('--kernel 4.17');
    expect(flagTableOf('4.19')).toBe('no profile has the flags of Linux 4.18 to 5.0');
    expect(flagTableOf('2.6.32')).toContain('2.6.32 to 4.3');
    for (const other of ['2.6.31', '6.13', '7.0', 'abc', '']) {
      expect(flagTableOf(other), other).toBeUndefined();
    }
  });

  it('give every name one bit, and the profiles their own', () => {
    for (const { known, printOrder, profile } of GFP_LAYOUTS) {
      for (const { name, value } of printOrder) expect(value & ~known, name).toBe(0);
      const kernel = KERNELS.find(({ name }) => name === profile);
      if (kernel === undefined) continue;
      const bits = Object.values(kernel.gfp.bits).reduce((all, bit) => all | bit, 0);
      expect(known, profile).toBe(bits);
      expect(parseGfp('GFP_KERNEL', kernel) & ~known).toBe(0);
    }
  });
});
