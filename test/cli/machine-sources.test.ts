import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, gfpsim, ROOT } from './gfpsim.ts';

const OLD_FAILURE = join(ROOT, 'test/fixtures/e1/4.17/page-allocation-failure.dmesg.txt');
const FAILURE = join(ROOT, 'test/fixtures/e1/6.1/page-allocation-failure.dmesg.txt');

describe('a machine from a kernel log', () => {
  it('is computed, compared and said to be what it is', () => {
    const { status, stdout } = gfpsim(['machine', '--dmesg', FAILURE, '--format', 'json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kernel: '6.1',
      differences: [],
      zones: [{ name: 'DMA' }, { name: 'DMA32', boost: 1024, min: 278, free: 105 }],
      reported: { zones: [{}, { min: 278, boost: 1024 }] },
    });
  });

  it('is where decide looks too', () => {
    const { status, stdout } = gfpsim(['decide', '--dmesg', FAILURE, '--gfp', 'GFP_ATOMIC']);
    expect(status).toBe(0);
    expect(stdout).toContain('kernel 6.1: fails');
  });

  it('tells decide that all free blocks are high-atomic', () => {
    const { stdout } = gfpsim(['decide', '--dmesg', OLD_FAILURE, '--gfp', 'GFP_ATOMIC']);
    expect(stdout).toContain('kernel 4.17: fails');
    expect(stdout).toMatch(/DMA +the lists that it may use hold no such block/);
  });

  it.each([
    ['nothing', ['--dmesg', 'nowhere'], "--dmesg: 'nowhere' is no file"],
    ['a folder', ['--dmesg', '.'], "--dmesg: '.' is no file"],
    ['no report', ['--dmesg', 'log'], 'log:1:1: no memory report'],
    ['noise', ['--dmesg', 'noise'], 'noise:1:1: a line of 10000000 characters'],
    ['what has no end', ['--dmesg', '/dev/zero'], '/dev/zero: it does not end'],
    ['two machines', ['64MiB', '--dmesg', 'log'], 'a RAM size and --dmesg are given together'],
  ])('is refused: %s', (_, words, message) => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'log'), '[    0.000000] Linux version 4.17.0\n');
    writeFileSync(join(folder, 'noise'), '\u0000\u0007ÿ~'.repeat(2_500_000));
    const { status, stdout, stderr } = gfpsim(['machine', ...words], folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
