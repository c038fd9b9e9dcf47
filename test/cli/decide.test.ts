import { describe, expect, it } from 'vitest';
import type { DecideReport } from '../../src/model/decide-query.ts';
import { gfpsim, lastLine } from './gfpsim.ts';

// `decide` as scripts call it: about the machines that the scenarios start from.

const OLD = 'scenarios/machines/qemu-128M-4.17';
const RECENT = 'scenarios/machines/qemu-128M-6.1';

function decide(machine: string, free: readonly [number, number], words: string[]): DecideReport {
  const [dma, dma32] = free;
  const zones = ['--free', `DMA=${dma}`, '--free', `DMA32=${dma32}`];
  const line = ['decide', '--procfs', machine, ...zones, ...words, '--format', 'json'];
  const { status, stdout } = gfpsim(line);
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

describe('an object of a slab cache', () => {
  const metadata = ['--cache', 'kmemleak_object', '--gfp', '0x1091220'];

  it('costs no page while the CPU has one at hand', () => {
    const report = decide(OLD, [117, 143], metadata);
    expect(report).toMatchObject({
      outcome: 'page',
      slab: { cache: 'kmemleak_object', objectSize: 304, objectsPerSlab: 13, order: 0 },
    });
    expect(report.slab!.cpuFree).toBeGreaterThan(0);
    expect(report.steps.map(({ step }) => step)).toEqual(['slab', 'slab']);
  });

  it('fails with a full slab where the real kernel’s metadata failed, and a page above', () => {
    const full = [...metadata, '--slab-full'];
    expect(decide(OLD, [117, 143], full).outcome).toBe('fail');
    expect(decide(OLD, [118, 143], full).outcome).toBe('page');
    expect(decide(OLD, [117, 144], full).outcome).toBe('page');
  });

  it('by its size; a new slab is tried for twice, and its mask is shown', () => {
    const words = ['--size', '4096', '--gfp', 'GFP_ATOMIC', '--slab-full'];
    const { order, slab, steps } = decide(RECENT, [20, 90], words);
    expect([slab!.cache, order]).toEqual(['kmalloc-4k', 3]);
    const requests = steps.filter(({ step }) => step === 'request').map(({ note }) => note);
    expect(requests).toEqual([
      'order 3, 0x52a20 GFP_ATOMIC|__GFP_NOWARN|__GFP_NORETRY|__GFP_COMP',
      'order 0, 0x40a20 GFP_ATOMIC|__GFP_COMP',
    ]);
  });

  it('too large for any cache is pages of its order', () => {
    const report = decide(RECENT, [500, 2000], ['--size', '9000', '--gfp', 'GFP_KERNEL']);
    expect(report).toMatchObject({ outcome: 'page', order: 2 });
    expect(report.slab).toBeUndefined();
  });
});

describe('the state of a zone', () => {
  it('high-atomic pages that the check does not count', () => {
    const words = ['--gfp', 'GFP_NOWAIT', '--order', '1', '--highatomic', 'DMA32=200'];
    const [old] = decide(OLD, [100, 400], words).steps.filter(({ zone }) => zone === 'DMA32');
    expect(old?.note).toBe('200 highatomic pages do not count for it');
    const s4 = decide(RECENT, [100, 400], words).steps.filter(({ step }) => step === 'S4');
    expect(s4.some(({ note }) => note.includes('highatomic'))).toBe(false);
  });

  it('a boost, where there is any', () => {
    const words = ['--gfp', 'GFP_NOWAIT', '--boost', 'DMA32=500'];
    const steps = decide(RECENT, [100, 700], words).steps.filter(({ zone }) => zone === 'DMA32');
    expect(steps.at(-1)).toMatchObject({ mark: 781, needed: 782, passed: false });
    expect(steps.at(-1)?.note).toBe('with a boost of 500');
  });

  const hidden = ['--free-highatomic', 'DMA=113', '--free-highatomic', 'DMA32=300'];
  const metadata = 'GFP_ATOMIC|__GFP_NORETRY|__GFP_NOMEMALLOC|__GFP_NOWARN';

  it.each([
    ['4.17: nobody’s', OLD, 'GFP_ATOMIC', 'fail'],
    ['6.1: the last resort of who cannot wait', RECENT, 'GFP_ATOMIC', 'page'],
    ['6.1: not metadata’s', RECENT, metadata, 'fail'],
  ])('free pages on high-atomic lists are, for one page, %s', (_, machine, gfp, outcome) => {
    const report = decide(machine, [113, 300], ['--gfp', gfp, ...hidden]);
    expect(report.outcome).toBe(outcome);
    const s4 = report.steps.filter(({ step, zone }) => step === 'S4' && zone === 'DMA32');
    // The watermark lets all of them pass: the lists decide.
    expect(s4[0]?.passed).toBe(true);
    expect(s4[1]?.note).toMatch(
      outcome === 'page'
        ? /^takes pfn \d+ of its high-atomic pages$/
        : /^the lists .* 300 free pages are high-atomic$/,
    );
    const seen = decide(machine, [113, 300], ['--gfp', gfp]);
    expect(seen.outcome).toBe('page');
  });

  it('a mask from another kernel’s log is told', () => {
    const report = decide(OLD, [500, 5000], ['--gfp', 'mode:0xcc0(GFP_KERNEL)']);
    expect(report.warnings[0]).toMatchObject({ id: 'words-differ' });
    expect(report.warnings[0]?.text).toContain('--kernel 6.1');
  });
});

describe('what decide and gfp refuse', () => {
  const machine = ['decide', '--procfs', OLD, '--gfp', 'GFP_KERNEL'];

  it.each([
    [
      [...machine, '--size', '64', '--order', '1'],
      '--order, --size and --cache exclude each other',
    ],
    [[...machine, '--cache', 'kmalloc-65'], "no slab cache 'kmalloc-65'"],
    [[...machine, '--boost', 'DMA32=5'], 'kernel 4.17 has no watermark boost'],
    [
      [...machine, '--free', 'DMA=9', '--free-highatomic', 'DMA=10'],
      'zone DMA: 10 high-atomic pages are free; expected at most the 9 pages that are free',
    ],
    [[...machine, '--order', '31'], '--order 31'],
    [['gfp', '0xcc0', '--kernel', '5.4'], 'its flags are those of --kernel 6.1 (Linux 5.1 to 6.2)'],
    [['gfp', '0xcc0', '--kernel', '4.19'], 'no profile has the flags of Linux 4.18 to 5.0'],
    [['gfp', '__GFP_REPEAT'], 'kernel 4.17 has no such flag; Linux'],
    [['gfp', 'GFP_KERNAL'], "did you mean 'GFP_KERNEL'?"],
  ])('%j', (words, message) => {
    const { status, stdout, stderr } = gfpsim(words);
    expect([status, stdout]).toEqual([2, '']);
    expect(lastLine(stderr)).toContain(message);
  });

  it.each([
    ['--gfp', '0xffffffff'],
    ['--gfp', 'GFP_KERNEL|__GFP_NORETRY', '--order', '11'],
    ['--gfp', 'GFP_ATOMIC', '--order', '30'],
  ])('a mask without zone and an order above the largest are questions: %s %s', (...words) => {
    const { status, stdout } = gfpsim(['decide', '--procfs', OLD, '--format', 'json', ...words]);
    expect(status).toBe(0);
    expect(['fail', 'loop']).toContain(JSON.parse(stdout).outcome);
  });
});

describe('list kernels', () => {
  it('says whose flags each profile has', () => {
    const { stdout } = gfpsim(['list', 'kernels', '--format', 'json']);
    const tables = JSON.parse(stdout).map((row: { flagTable: string }) => row.flagTable);
    expect(tables).toEqual(['Linux 4.15 to 4.17', 'Linux 5.1 to 6.2', 'Linux 6.8 to 6.12']);
  });
});

describe('the metadata of a caller', () => {
  const free = [117, 143] as const;
  const caller = ['--gfp', 'GFP_NOFS|__GFP_NOLOCKDEP', '--variant'];

  it("is asked for with the proposal's mask", () => {
    const { gfp, metadata } = decide(OLD, free, ['--gfp', 'GFP_ATOMIC', '-V', 'quiet-2011']);
    expect(gfp).toBe('0x1091220');
    expect(metadata).toEqual({ variant: 'quiet-2011', caller: '0x1080020', try: 1, of: 1 });
  });

  it('or by any of its tries, or by an expression', () => {
    const second = ['--gfp', 'GFP_ATOMIC', '-V', 'lastditch-v3', '--try', '2'];
    expect(decide(OLD, free, second)).toMatchObject({ gfp: '0x1491a20', outcome: 'loop' });
    const mask = ['--gfp', 'GFP_ATOMIC', '--mask', 'mine=gfp | __GFP_NORETRY'];
    expect(decide(OLD, free, mask)).toMatchObject({ gfp: '0x1081020', outcome: 'page' });
  });

  it('warns that NOLOCKDEP is lost, where lockdep is built in', () => {
    const warnings = (words: string[]) =>
      decide(OLD, free, [...caller, ...words]).warnings.map(({ id }) => id);
    expect(warnings(['nofail-4.15', '--lockdep'])).toContain('L1');
    expect(warnings(['nolockdep-5.15', '--lockdep'])).not.toContain('L1');
    expect(warnings(['nofail-4.15'])).not.toContain('L1');
  });

  it.each([
    [['-V', 'lastditch-v3', '--try', '3'], "'lastditch-v3' makes no try 3 for this caller"],
    [['-V', 'untracked'], "'untracked' makes no try 1 for this caller"],
    [['--try', '2'], '--try without a proposal'],
    [['-V', 'quiet-2011,rfc-nowait'], "'quiet-2011' and 'rfc-nowait' are asked about together"],
  ])('refuses %j', (words, said) => {
    const { status, stderr } = gfpsim(['decide', '128MiB', '--gfp', 'GFP_ATOMIC', ...words]);
    expect([status, lastLine(stderr)]).toEqual([2, expect.stringContaining(said)]);
  });
});
