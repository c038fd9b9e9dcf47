import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/user-error.ts';
import { importKernelLog } from '../../../src/scenario/import/kernel-log.ts';
import { parseMemoryReports } from '../../../src/scenario/import/memory-report.ts';
import { likelyKernel } from '../../../src/scenario/import/snapshot-facts.ts';
import { fixture } from './dump-fixtures.ts';

const FAILURE = fixture('6.1/page-allocation-failure.dmesg.txt');
const OOM = fixture('4.17/oom-killer.dmesg.txt');

/** A report in the form of some age, in one zone of 64 MB. */
const NORMAL = [
  'Mem-Info:',
  'Normal free:2048kB min:1024kB low:1280kB high:1536kB present:65536kB managed:61440kB',
  'lowmem_reserve[]: 0 0',
  'Normal: 1*4kB (U) 1*8kB (M) = 12kB',
];

function report(lines: readonly string[]) {
  const { complete, fault } = parseMemoryReports(`${lines.join('\n')}\n`, 'log');
  if (fault !== undefined) throw fault;
  expect(complete).toHaveLength(1);
  return complete[0]!;
}

/** The message for a broken log; it must be the user's and not long. */
function complaint(text: string): string {
  try {
    importKernelLog(text, 'log');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message.length).toBeLessThan(300);
    return (error as UserError).message;
  }
  throw new Error('was accepted');
}

describe('parseMemoryReports', () => {
  it('reads a real allocation failure of 6.1, boost and all', () => {
    const { complete } = parseMemoryReports(FAILURE, 'log');
    expect(complete).toHaveLength(1);
    expect(complete[0]).toMatchObject({ release: '6.1.192', line: 52 });
    expect(complete[0]!.zones).toMatchObject([
      { node: 0, zone: 'DMA', free: 106, boost: 0, min: 47, low: 58, high: 69, managed: 3840 },
      { zone: 'DMA32', free: 105, boost: 1024, min: 1302, low: 1371, high: 1440 },
    ]);
    expect(complete[0]!.zones[0]!.protection).toEqual([0, 88, 88, 88]);
  });

  it('reads a real OOM report of 4.17', () => {
    const [first] = parseMemoryReports(OOM, 'log').complete;
    expect(first).toMatchObject({ release: '4.17.0' });
    expect(first!.zones).toMatchObject([
      { zone: 'DMA', present: 3998, managed: 3977, min: 47, low: 58, high: 69 },
      { zone: 'DMA32', present: 28634, managed: 26107, min: 286, low: 357, high: 428 },
    ]);
  });

  it('reads per-CPU lists, as before 4.2, and zones without managed pages, as before 3.10', () => {
    const old = report([
      'swapper: page allocation failure. order:0, mode:0x20',
      'Pid: 0, comm: swapper Not tainted 2.6.31.5 #3',
      'Mem-Info:',
      'Node 0 DMA per-cpu:',
      'CPU    0: hi:    0, btch:   1 usd:   0',
      'CPU    1: hi:    0, btch:   1 usd:   0',
      'Node 0 Normal per-cpu:',
      'CPU    0: hi:   90, btch:  15 usd:  28',
      'CPU    1: hi:   90, btch:  15 usd:   3',
      'Node 0 DMA free:924kB min:4kB low:4kB high:4kB active_anon:0kB present:15872kB',
      'lowmem_reserve[]: 0 230 230',
      'Node 0 Normal free:4kB min:92kB low:112kB high:136kB present:235648kB',
      'lowmem_reserve[]: 0 0 0',
    ]);
    expect(old.release).toBe('2.6.31.5');
    expect(old.zones[1]).toMatchObject({ free: 1, min: 23, low: 28, high: 34, present: 58912 });
    expect(old.zones[1]).not.toHaveProperty('managed');
    expect(old.zones[1]!.pagesets).toEqual([
      { cpu: 0, high: 90, batch: 15, count: 28 },
      { cpu: 1, high: 90, batch: 15, count: 3 },
    ]);
  });

  it('reads hot and cold lists of one CPU together', () => {
    const { zones } = report([
      'DMA per-cpu:',
      'CPU    0: Hot: hi:  186, btch:  31 usd: 180   Cold: hi:   62, btch:  15 usd:  14',
      'DMA free:924kB min:4kB low:4kB high:4kB present:15872kB',
      'lowmem_reserve[]: 0 230',
    ]);
    expect(zones[0]!.pagesets).toEqual([{ cpu: 0, high: 186, batch: 31, count: 194 }]);
  });

  it.each([
    ['a time', '[  104.034126] '],
    ['a time and a task', '[   81.499041][ T5241] '],
    ['a level, a time, a CPU', '<4>[ 6207.637627]  [3:  Binder:9343_3:22875] '],
    ['syslog', 'Sep 23 05:36:30 host kernel: '],
    ['a calendar', '[Sat Apr 11 17:52:58 2020] '],
    ['quotation marks', '> >>>>> [168182.775995] '],
    ['/dev/kmsg', '4,19685342,241227987454,-,caller=T12845;'],
  ])('reads lines behind %s', (_, prefix) => {
    const { zones } = report(NORMAL.map((line) => prefix + line));
    expect(zones).toMatchObject([{ zone: 'Normal', free: 512, min: 256, managed: 15360 }]);
  });

  it('joins zone lines that mail wrapped, and a release on a line of its own', () => {
    const wrapped = report([
      '[ 1.5] CPU: 1 PID: 1 Comm: init Tainted: P           O',
      '3.12.10-005-ts-armv7l #2',
      '[ 1.5] Mem-info:',
      '[ 1.5] Node 1 Normal free:2048kB min:1024kB low:1280kB',
      'high:1536kB active_anon:8kB',
      'present:65536kB managed:61440kB',
      'mlocked:0kB all_unreclaimable? no',
      '[ 1.5] lowmem_reserve[]: 0 0',
    ]);
    expect(wrapped.release).toBe('3.12.10-005-ts-armv7l');
    expect(wrapped.zones).toMatchObject([{ node: 1, high: 384, present: 16384, managed: 15360 }]);
  });

  it('reads free blocks with the letters of their types, and what mail wrapped of them', () => {
    const blocks = (...lines: readonly string[]) =>
      report([...NORMAL.slice(0, 3), ...lines]).blocks;
    const whole = { node: 0, zone: 'Normal', blocks: [2, 0, 5], letters: ['UM', '', 'H'] };
    expect(blocks('Normal: 2*4kB (UM) 0*8kB 5*16kB (H) = 88kB')).toEqual([whole]);
    expect(blocks('Normal: 2*4kB (UM) 0*8kB', '5*16kB (H) = 88kB')).toEqual([whole]);
    expect(blocks('Node 1 Normal: 2*4kB 1*8kB = 16kB')).toEqual([
      { node: 1, zone: 'Normal', blocks: [2, 1], letters: ['', ''] },
    ]);
    expect(blocks('Normal: 2*4kB (UM) 0*8kB 5*16')).toEqual([]);
  });

  it('tells reports apart by their heading, and where it is missing by a zone that returns', () => {
    const twice = (lines: readonly string[]) =>
      parseMemoryReports([...lines, ...lines].join('\n'), 'log').complete.length;
    expect(twice(NORMAL)).toBe(2);
    expect(twice(NORMAL.slice(1))).toBe(2);
  });

  it('passes over a report that was cut off', () => {
    const { complete, fault } = parseMemoryReports(
      [...NORMAL.slice(0, 2), 'Mem-Info:', ...NORMAL].join('\n'),
      'log',
    );
    expect(complete).toMatchObject([{ line: 5 }]);
    expect(fault?.message).toContain("log:2:1: zone Normal ends without 'lowmem_reserve[]'");
  });
});

describe('importKernelLog', () => {
  it('takes the first report, says of how many, and what reports do not tell', () => {
    const log = importKernelLog([...NORMAL, ...NORMAL].join('\n'), 'log');
    expect(log).toMatchObject({ source: 'log', nodes: [0], cpus: 1, sysctls: {} });
    expect(log.notes!.join(' ')).toContain('Report 1 of 2, line 2.');
    expect(log.notes!.join(' ')).toContain('1 CPU is assumed');
    expect(importKernelLog(OOM, 'log').notes![0]).toContain('of Linux 4.17.0');
  });

  it.each([
    ['2.6.31.5', '4.17'],
    ['4.17.0', '4.17'],
    ['5.0.21', '4.17'],
    ['5.1.0', '6.1'],
    ['5.7.0-rc3+', '6.1'],
    ['5.8.2', '6.1'],
    ['6.1.192', '6.1'],
    ['6.5.0', '6.1'],
    ['6.6.0', '6.12'],
    ['6.19.0-rc5', '6.12'],
  ])('finds the profile nearest to Linux %s: %s', (release, profile) => {
    const log = [`CPU: 0 PID: 1 Comm: init Not tainted ${release} #1`, ...NORMAL].join('\n');
    expect(likelyKernel(importKernelLog(log, 'log'))).toBe(profile);
  });

  it('refuses what holds no complete report, at its place', () => {
    const broken = (right: string, wrong: string) =>
      complaint(NORMAL.join('\n').replace(right, wrong));
    expect(complaint('hello\nworld\n')).toContain('log:1:1: no memory report');
    expect(complaint('')).toBe('log: the file is empty; expected a kernel log');
    expect(broken('min:1024kB', 'min:1023kB')).toContain('log:2:20: min of Normal is 1023 kB');
    expect(broken('low:1280kB ', '')).toContain("log:2:1: zone Normal ends without 'low'");
    expect(broken('low:1280kB', 'low:1000kB')).toContain('zone Normal has min 256 above low 250');
    expect(broken('managed:61440', 'managed:91440')).toContain('managed 22860 above present');
    expect(broken('0 0', '0 72057594037927865')).toContain('log:3:21: a lowmem_reserve is');
    expect(broken('1*4kB', '1*64kB')).toContain('log:2:1: a report of 64 kB pages');
    expect(complaint('x'.repeat(10_000_000))).toContain('a line of 10000000 characters');
  });

  it('never breaks on a changed log', () => {
    const lines = FAILURE.split('\n');
    const mutation = fc.record({ line: fc.nat(lines.length - 1), text: fc.string() });
    fc.assert(
      fc.property(mutation, ({ line, text }) => {
        try {
          importKernelLog(lines.with(line, text).join('\n'), 'log');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as UserError).message).toMatch(/^log:\d+:\d+: /);
        }
      }),
      { seed: 61, numRuns: 300 },
    );
  });
});
