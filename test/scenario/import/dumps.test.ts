import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/user-error.ts';
import { pagesInBlocks, parseBuddyinfo } from '../../../src/scenario/import/buddyinfo.ts';
import { parsePagetypeinfo } from '../../../src/scenario/import/pagetypeinfo.ts';
import { parseSlabinfo } from '../../../src/scenario/import/slabinfo.ts';
import { parseSysctl, parseSysctlVector } from '../../../src/scenario/import/sysctl-file.ts';
import { fixture, snapshot } from './dump-fixtures.ts';

function refusal(parse: (text: string, file: string) => unknown, text: string): string {
  try {
    parse(text, 'dump');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message.length).toBeLessThan(300);
    return (error as UserError).message;
  }
  throw new Error('was accepted');
}

describe('parseBuddyinfo', () => {
  it('reads free blocks by order', () => {
    const zones = parseBuddyinfo(fixture('4.17/mem-128M/buddyinfo'), 'buddyinfo');
    expect(zones.map((zone) => zone.zone)).toEqual(['DMA', 'DMA32']);
    expect(zones[0]!.blocks).toEqual([1, 0, 0, 1, 2, 1, 1, 0, 1, 1, 3]);
    expect(pagesInBlocks(zones[0]!.blocks)).toBe(1 + 8 + 32 + 32 + 64 + 256 + 512 + 3072);
  });

  it('refuses what is no buddyinfo', () => {
    const line = 'Node 0, zone   Normal     31      3      5\n';
    expect(refusal(parseBuddyinfo, line + line)).toContain('2:1: zone Normal of node 0 appears');
    expect(refusal(parseBuddyinfo, line.replace('3 ', '-3 '))).toContain('1:35: a number of free');
    expect(refusal(parseBuddyinfo, 'Node 0, zone   Normal \n')).toContain('1:1: cannot read');
    expect(refusal(parseBuddyinfo, 'int main()\n')).toContain("1:1: cannot read 'int main()'");
  });
});

describe('parsePagetypeinfo', () => {
  const real = fixture('6.1/mem-128M/pagetypeinfo');

  it('agrees with buddyinfo, order by order in a zone that nobody uses', () => {
    const { buddy, pagetypes } = snapshot('4.17/mem-128M');
    expect(pagetypes!.pageblockOrder).toBe(10);
    for (const { zone, blocks } of buddy!) {
      const types = pagetypes!.zones.find((other) => other.zone === zone)!;
      const sum = blocks.map((_, order) =>
        Object.values(types.blocks).reduce((count, of) => count + of[order]!, 0),
      );
      if (zone === 'DMA') expect(sum).toEqual(blocks);
      expect(Math.abs(pagesInBlocks(sum) - pagesInBlocks(blocks))).toBeLessThan(16);
    }
  });

  it('takes types by name in any order, with types that came and went', () => {
    const old = [
      'Page block order: 10',
      'Pages per block:  1024',
      '',
      'Free pages count per migrate type at order 0 1 2',
      'Node    0, zone   Normal, type    Unmovable      1      0      0',
      'Node    0, zone   Normal, type  Reclaimable      0      0      1',
      'Node    0, zone   Normal, type      Movable      0      1 >100000',
      'Node    0, zone   Normal, type      Reserve      0      0      2',
      '',
      'Number of blocks type     Unmovable  Reclaimable      Movable      Reserve',
      'Node 0, zone   Normal            5            2           34            1',
    ];
    const [zone] = parsePagetypeinfo(old.join('\n'), 'pagetypeinfo').zones;
    expect(zone!.blocks['Movable']).toEqual([0, 1, 100000]);
    expect(zone!.capped).toBe(true);
    expect(zone!.pageblocks).toEqual({ Unmovable: 5, Reclaimable: 2, Movable: 34, Reserve: 1 });
  });

  it('joins lines that a mail wrapped', () => {
    const wrapped = real
      .replace(/^(Node .*type +\w+(?: +\d+){4}) (.*)$/gm, '$1\n $2')
      .replace('Reclaimable   HighAtomic', 'Reclaimable\n HighAtomic');
    expect(wrapped).not.toBe(real);
    expect(parsePagetypeinfo(wrapped, 'p')).toEqual(parsePagetypeinfo(real, 'p'));
  });

  it('refuses what is no pagetypeinfo', () => {
    const refused = (text: string) => refusal(parsePagetypeinfo, text);
    expect(refused('Page block order: 10\n')).toContain('a complete /proc/pagetypeinfo');
    expect(refused('Node 0\n')).toContain("expected 'Page block order: N'");
    expect(refused(real.replace('order: 10', 'order: ten'))).toContain('1:19: the pageblock order');
    expect(refused(real.replace('order: 10', 'order: 64'))).toContain('at most 20');
    expect(refused(real.replace(/^Node +0, zone +DMA, type +Unmovable +\d/m, '$&x'))).toMatch(
      /dump:5:\d+: a number of free blocks is '\dx'/,
    );
    expect(refused(real.replace(/(zone +DMA, type +)Movable/, '$1Unmovable'))).toContain('once');
    const short = real.trimEnd().replace(/ +\d+ *$/, '\n');
    expect(refused(short)).toContain('4 numbers of pageblocks');
  });
});

describe('parseSlabinfo', () => {
  it('reads caches with their order', () => {
    const caches = parseSlabinfo(fixture('4.17/mem-128M/slabinfo'), 'slabinfo');
    const cache = caches.find(({ name }) => name === 'kmalloc-1024');
    expect(cache).toMatchObject({ objectSize: 1024, order: 1, objectsPerSlab: 8 });
    expect(
      caches.every(
        ({ activeObjects: active, objectsPerSlab: per, slabs }) => active <= per * slabs,
      ),
    ).toBe(true);
  });

  it('reads names with spaces and colons, and the tail of SLAB with debugging', () => {
    const text = [
      'slabinfo - version: 2.1 (statistics)',
      '# name            <active_objs> <num_objs>',
      'odd name:7(12:a b)  3  8 512 8 1 : tunables 54 27 8 : slabdata 1 1 0 : globalstat 9 9 1 0',
    ];
    expect(parseSlabinfo(text.join('\n'), 'slabinfo')).toEqual([
      {
        name: 'odd name:7(12:a b)',
        objectSize: 512,
        order: 0,
        objectsPerSlab: 8,
        activeObjects: 3,
        slabs: 1,
      },
    ]);
  });

  it('refuses what is no slabinfo', () => {
    const refused = (line: string) => refusal(parseSlabinfo, `slabinfo - version: 2.1\n${line}\n`);
    const tail = ': tunables 0 0 0 : slabdata 1 1 0';
    expect(refusal(parseSlabinfo, 'name 1 2 3\n')).toContain("expected 'slabinfo - version: 2.1'");
    expect(refused('dentry 5 21 192')).toContain("2:1: cannot read 'dentry 5 21 192'");
    expect(refused(`dentry 5 21 NaN 21 1 ${tail}`)).toContain("2:13: dentry is 'NaN'");
    expect(refused(`dentry 22 21 192 21 1 ${tail}`)).toContain('active ≤ all objects');
    expect(refused(`dentry 5 21 192 21 3 ${tail}`)).toContain('a power of two');
    expect(refused(`dentry 5 21 192 0 1 ${tail}`)).toContain('sizes above 0');
  });
});

describe('sysctl files', () => {
  it('hold a number or several', () => {
    expect(parseSysctl('1338\n', 'min_free_kbytes')).toBe(1338);
    expect(parseSysctlVector('256\t256\t32\t0\n', 'f')).toEqual([256, 256, 32, 0]);
    expect(refusal(parseSysctl, '1 2\n')).toContain('one whole number');
    expect(refusal(parseSysctl, '-1\n')).toContain("dump:1:1: the value is '-1'");
    expect(refusal(parseSysctl, 'y\n')).toContain("the value is 'y'");
  });
});
