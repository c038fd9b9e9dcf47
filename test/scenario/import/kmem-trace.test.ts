import { describe, expect, it } from 'vitest';
import { importTrace, traceSummary } from '../../../src/scenario/import/kmem-trace.ts';
import { parseTrace, traceText } from '../../../src/workload/trace-text.ts';

/** Time, operation, object, size, mask of each event. */
function rowsOf(text: string, kernel?: string): string[] {
  const { rows } = importTrace(text, 'trace.txt', kernel);
  const written = traceText(rows);
  // Whatever is imported plays.
  expect(parseTrace(written, 'out').length).toBe(rows.length);
  return written.trimEnd().split('\n').slice(1);
}

function notesOf(text: string, kernel?: string): readonly string[] {
  return importTrace(text, 'trace.txt', kernel).notes;
}

/** A request as most kernels print it, without the shell before it. */
function kmalloc(ptr: string, gfp = 'GFP_KERNEL', bytes = 100): string {
  return `kmalloc: call_site=make_it+0x12/0x90 ptr=${ptr} bytes_req=${bytes} bytes_alloc=128 gfp_flags=${gfp}`;
}

const kfree = (ptr: string) => `kfree: call_site=drop_it+0x8/0x20 ptr=${ptr}`;
const at = (us: number, event: string) =>
  `  worker-7 [001] ....  50.${String(us).padStart(6, '0')}: ${event}\n`;

describe('the shell of an event', () => {
  const SHELLS: Readonly<Record<string, (time: string) => string>> = {
    'of 2.6': (time) => `          worker-77    [002]  ${time}: `,
    'with a latency column': (time) => `          worker-77    [002] dNs3 ${time}: `,
    'with five characters of it': (time) => `          worker-77    [002] d.h1. ${time}: `,
    'with thread groups': (time) => `     worker-77    (   70) [002] .... ${time}: `,
    'with a comm of several words': (time) => `  my load 3:1-77 [002] .... ${time}: `,
    'without a comm': (time) => `[002] ....   ${time}: `,
    'of trace-cmd, in ns': (time) => `  worker-77    [002] d..1.   ${time}000: `,
    'of perf': (time) => `worker    77 [002]   ${time}:        kmem:`,
    'of a graph of functions': (time) => ` ${time} |   2)               |  /* `,
    'of a console': (time) => `<4>[  ${time}] worker `,
  };

  it.each(Object.entries(SHELLS))('%s', (_, shell) => {
    const text = [
      `${shell('91.000250')}${kmalloc('00000000c0ffee11')} */`,
      `${shell('91.000300')}${kfree('00000000c0ffee11')} */`,
    ].join('\n');
    expect(rowsOf(text)).toEqual(['0,alloc,0,100,GFP_KERNEL', '50000,free,0,,']);
  });

  it('may lack its time: that of the one before', () => {
    const text = `${at(10, kmalloc('a1'))}${at(30, kmalloc('a2'))}${kfree('a1')}\n${at(40, kfree('a2'))}`;
    expect(rowsOf(text).slice(2)).toEqual(['20000,free,0,,', '30000,free,1,,']);
    expect(notesOf(text)).toContain('1 event without a time: they get that of the one before');
  });

  it('may be longer than a double is exact: times are told from the first one', () => {
    const shell = (ns: string) => `worker 7 [000] 1790000000.${ns}: kmem:`;
    const text = `${shell('999999998')}${kmalloc('1')}\n${shell('999999999')}${kfree('1')}\n`;
    expect(rowsOf(text)[1]).toBe('1,free,0,,');
  });

  it('may be of a clock that goes back', () => {
    const text = `${at(20, kmalloc('1'))}${at(10, kmalloc('2'))}${at(25, kfree('1'))}`;
    expect(rowsOf(text).map((row) => row.split(',')[0])).toEqual(['0', '0', '5000']);
    expect(notesOf(text)).toContain('1 event earlier than the one before: they get its time');
  });
});

describe('what an event says', () => {
  it.each([
    ['kmalloc_node', 'node=-1'],
    ['kmem_cache_alloc', ''],
    ['kmem_cache_alloc_node', 'node=0 accounted=false'],
  ])('%s is a request', (name, more) => {
    const event = kmalloc('0xffff888004d1c000', 'GFP_NOFS').replace('kmalloc', name);
    expect(rowsOf(at(1, `${event} ${more}`))).toEqual(['0,alloc,0,100,GFP_NOFS']);
  });

  it('kmem_cache_free is a free, with and without the name of the cache', () => {
    const free = 'kmem_cache_free: call_site=put_it+0x1/0x2 ptr=000000000000beef';
    for (const end of ['', ' name=things']) {
      const rows = rowsOf(at(1, kmalloc('000000000000beef')) + at(2, free + end));
      expect(rows[1]).toBe('1000,free,0,,');
    }
  });

  it('has its caller as a number, a symbol, or one of a module', () => {
    for (const site of ['ffffffff81234567', 'f+0x41', 'f+0x41/0x90 [mod]', '0xc0008000 (f)']) {
      const event = kmalloc('77').replace('make_it+0x12/0x90', site);
      expect(rowsOf(at(1, event))).toEqual(['0,alloc,0,100,GFP_KERNEL']);
    }
    const numbers = at(1, kmalloc('77').replace('make_it+0x12/0x90', 'ffffffff81234567'));
    expect(notesOf(numbers)).toContainEqual(expect.stringMatching(/^call sites are numbers/));
    expect(notesOf(at(1, kmalloc('77')))).toEqual([]);
  });

  it('may have its numbers in hex with their decimals, and blanks left out', () => {
    const hex =
      'kmalloc: call_site=0x81 (129) ptr=0x1f40 (8000) bytes_req=0x64 (100) ' +
      'bytes_alloc=0x80 (128) gfp_flags=0xcc0 (3264) node=-1 accounted=(0)';
    expect(rowsOf(at(1, hex), '6.1')).toEqual(['0,alloc,0,100,GFP_KERNEL']);
    const close = kmalloc('77').replace(' bytes_alloc', 'bytes_alloc');
    expect(rowsOf(at(1, close))).toEqual(['0,alloc,0,100,GFP_KERNEL']);
  });

  it('may go on in the next lines, quoted or cut within the mask', () => {
    const text = [
      `> ${at(1, 'kmem_cache_alloc: call_site=make_it+0x12/0x90').trim()}`,
      '>     ptr=000000000000beef bytes_req=100',
      '>     bytes_alloc=128 gfp_flags=GFP_KERNEL|',
      '>     __GFP_ZERO node=0 accounted=false',
      '',
      at(3, 'kfree:\tcall_site=drop_it+0x8/0x20'),
      '   ptr=000000000000beef',
    ].join('\n');
    expect(rowsOf(text)).toEqual(['0,alloc,0,100,GFP_KERNEL|__GFP_ZERO', '2000,free,0,,']);
  });

  it('has a call chain below it that says nothing', () => {
    const text = [
      `worker  77 [000]  3.000001: kmem:${kmalloc('0xffff888004d1c000')}`,
      '\tffffffff8126d2f1 __kmalloc+0x1a1 (/usr/lib/debug/vmlinux)',
      '\tffffffff8130aa10 make_it+0x12 ([kernel.kallsyms])',
      '\t    7f1c2e7d0 [unknown] ([unknown])',
      '',
      `worker  77 [000]  3.000002: kmem:${kfree('0xffff888004d1c000')}`,
      '\tffffffff8126d2f1 kfree+0x11 (/usr/lib/debug/vmlinux)',
    ].join('\n');
    expect(rowsOf(text)).toEqual(['0,alloc,0,100,GFP_KERNEL', '1000,free,0,,']);
  });
});

describe('masks', () => {
  const mask = (written: string, kernel?: string) =>
    rowsOf(at(1, kmalloc('1', written)), kernel)[0]!.split(',')[4];

  it.each([
    ['GFP_KERNEL|GFP_ZERO', 'GFP_KERNEL|__GFP_ZERO'],
    ['GFP_KERNEL|GFP_NOWARN|GFP_NORETRY', 'GFP_KERNEL|__GFP_NOWARN|__GFP_NORETRY'],
    ['GFP_KERNEL|GFP_REPEAT', 'GFP_KERNEL|__GFP_RETRY_MAYFAIL'],
    ['GFP_TEMPORARY|__GFP_NOTRACK', 'GFP_KERNEL|__GFP_RECLAIMABLE'],
    ['GFP_DMA32|GFP_DMA', 'GFP_DMA32|GFP_DMA'],
    ['__GFP_WAIT', '__GFP_DIRECT_RECLAIM|__GFP_KSWAPD_RECLAIM'],
    ['none', '0'],
    ['GFP_NOWAIT', 'GFP_NOWAIT'],
  ])('%s is %s', (written, taken) => {
    expect(mask(written)).toBe(taken);
    expect(notesOf(at(1, kmalloc('1', written)))).toEqual([]);
  });

  it('lose what no kernel modelled here has, which is told', () => {
    const text =
      at(1, kmalloc('1', 'GFP_KERNEL|__GFP_CMA|0x2')) + at(2, kmalloc('2', 'GFP_ATOMIC|0x2'));
    expect(rowsOf(text).map((row) => row.split(',')[4])).toEqual(['GFP_KERNEL', 'GFP_ATOMIC']);
    expect(notesOf(text)).toEqual([
      'left out of 1 mask: __GFP_CMA, which no kernel modelled here has',
      'left out of 2 masks: 0x2, which no kernel modelled here has',
    ]);
  });

  it('as numbers are read by the table that makes the fewest names of all of them', () => {
    expect(mask('0xdc0')).toBe('GFP_KERNEL|__GFP_ZERO');
    expect(notesOf(at(1, kmalloc('1', '0xdc0')))[0]).toContain('as Linux 6.8 to 6.12 has them');
    expect(mask('0x14000c0')).toBe('GFP_KERNEL');
    expect(mask('0x24080c0')).toBe('GFP_KERNEL|__GFP_ZERO');
    // 0x820: HIGH and KSWAPD_RECLAIM are GFP_ATOMIC only since 6.3.
    expect(mask('0x820')).toBe('GFP_ATOMIC');
    const both = at(1, kmalloc('1', '0x820')) + at(2, kmalloc('2', '0xa20'));
    expect(notesOf(both)[0]).toMatch(/^masks that are numbers are read as Linux 5\.1 to 6\.2 has/);
  });

  it('as numbers are read by the table of the kernel that is named', () => {
    expect(mask('0x820', '6.1')).toBe('GFP_NOWAIT|__GFP_HIGH');
    expect(mask('0x820', '6.12')).toBe('GFP_ATOMIC');
    expect(notesOf(at(1, kmalloc('1', '0x820')), '6.1')[0]).toContain(
      'as Linux 5.1 to 6.2 has them',
    );
  });
});

describe('objects', () => {
  it('have numbers that come again', () => {
    const text = [
      at(1, kmalloc('a')),
      at(2, kmalloc('b')),
      at(3, kfree('a')),
      at(4, kmalloc('c')),
      at(5, kfree('b')),
      at(6, kfree('c')),
    ].join('');
    const objects = rowsOf(text).map((row) => row.split(',').slice(1, 3).join(' '));
    expect(objects).toEqual(['alloc 0', 'alloc 1', 'free 0', 'alloc 0', 'free 1', 'free 0']);
    const { slots, left, lastNs } = importTrace(text, 'f');
    expect([slots, left, lastNs]).toEqual([2, 0, 5000]);
  });

  it('were freed unseen where their address is given out again', () => {
    const text = at(1, kmalloc('a')) + at(2, kmalloc('a', 'GFP_ATOMIC', 64));
    expect(rowsOf(text)).toEqual([
      '0,alloc,0,100,GFP_KERNEL',
      '1000,free,0,,',
      '1000,alloc,0,64,GFP_ATOMIC',
    ]);
    expect(importTrace(text, 'f')).toMatchObject({ requests: 2, frees: 0, inferred: 1, left: 1 });
  });

  it('from before the recording, and null, are not freed', () => {
    const null_ = ['(null)', '          (null)', '0000000000000000', '0x0'];
    const text = [
      at(1, kfree('dead')),
      ...null_.map((ptr) => at(2, kfree(ptr))),
      at(3, kmalloc('a')),
    ].join('');
    expect(rowsOf(text)).toEqual(['0,alloc,0,100,GFP_KERNEL']);
    expect(notesOf(text)).toEqual([
      'left out: 1 free of what the recording never saw allocated',
      'left out: 4 frees of null',
    ]);
  });

  it('that were refused keep a number, and are not freed', () => {
    const text =
      at(1, kmalloc('(null)')) + at(2, kmalloc('0000000000000000')) + at(3, kmalloc('a'));
    expect(rowsOf(text).map((row) => row.split(',')[2])).toEqual(['0', '1', '2']);
    const trace = importTrace(text, 'f');
    expect(trace).toMatchObject({ requests: 3, refused: 2, left: 1, slots: 3 });
    expect(traceSummary(trace)).toBe(
      'taken: 3 requests (2 got nothing); 0 frees; 1 object left, 3 at once at most; 0.000002000 s',
    );
  });

  it('whose pointer the kernel hides stay', () => {
    const text = at(1, kmalloc('(____ptrval____)')) + at(2, kfree('(____ptrval____)'));
    expect(rowsOf(text)).toEqual(['0,alloc,0,100,GFP_KERNEL']);
  });

  it('of no bytes, of too many, and of kmemleak are left out', () => {
    const own = kmalloc('d').replace('make_it', 'create_object');
    const free = 'kmem_cache_free: call_site=f+0x1/0x2 ptr=000e name=kmemleak_object';
    const text = [
      at(1, kmalloc('a', 'GFP_KERNEL', 0)),
      at(2, kmalloc('b', 'GFP_KERNEL', 4194305)),
      at(3, own),
      at(4, free),
      at(5, kmalloc('c', 'GFP_KERNEL', 4194304)),
    ].join('');
    expect(rowsOf(text)).toEqual(['0,alloc,0,4194304,GFP_KERNEL']);
    expect(notesOf(text)).toEqual([
      'left out: 1 request for no bytes',
      'left out: 1 request for more than 4 MiB',
      "left out: 2 events of kmemleak's own memory: the simulated one asks for its own",
    ]);
  });
});

describe('what is told beside', () => {
  it('other events, by name, and pages apart', () => {
    const page = 'mm_page_alloc: page=0000 pfn=0x4f order=0 migratetype=0 gfp_flags=GFP_KERNEL';
    const text = [
      ...[at(1, page), at(2, page), at(3, 'sched_switch: prev_comm=a next_comm=b')],
      at(4, kmalloc('a')),
    ].join('');
    expect(notesOf(text)).toEqual([
      'left out: 2 page events (2 mm_page_alloc): pages are asked for by the simulated slab itself',
      'left out: 1 other event (1 sched_switch)',
    ]);
  });

  it('damaged events, by line', () => {
    const text = [
      '# tracer: nop\n',
      at(1, kmalloc('a')),
      at(2, 'kmalloc: call_site=f+0x1/0x2'),
      at(3, 'kmalloc: call_site=f+0x1/0x2 ptr=0b bytes_req=x'),
      at(4, 'kmalloc: call_site=f+0x1/0x2 ptr=0b bytes_req=8 bytes_alloc=8 gfp_flags='),
      ...Array.from({ length: 4 }, () => at(5, 'kfree: call_site=f+0x1/0x2 pt')),
    ].join('');
    expect(rowsOf(text)).toEqual(['0,alloc,0,100,GFP_KERNEL']);
    expect(notesOf(text)).toEqual([
      "left out, damaged: line 3: kmalloc without ptr in 'call_site=f+0x1/0x2'",
      "left out, damaged: line 4: kmalloc without bytes_req in 'call_site=f+0x1/0x2 ptr=0b bytes_req=x'",
      "left out, damaged: line 5: kmalloc without gfp_flags in 'call_site=f+0x1/0x2 ptr=0b bytes_req=8 b…'",
      "left out, damaged: line 6: kfree without ptr in 'call_site=f+0x1/0x2 pt'",
      "left out, damaged: line 7: kfree without ptr in 'call_site=f+0x1/0x2 pt'",
      'left out, damaged: 2 more, up to line 9',
    ]);
  });

  it('an event that ends within its mask', () => {
    const text = at(1, kmalloc('a')) + at(2, kmalloc('b', 'GFP_KERNEL|'));
    expect(notesOf(text)[0]).toMatch(/^left out, damaged: line 2: kmalloc without gfp_flags in /);
  });

  it('what the recording says it has lost', () => {
    const text = `# entries-in-buffer/entries-written: 90/100   #P:2\nCPU:1 [LOST 5 EVENTS]\n${at(1, kmalloc('a'))}`;
    expect(notesOf(text)).toEqual(['the recording itself has lost 15 events']);
  });
});

describe('a text without a kmem event', () => {
  it.each([
    ['', 'trace.txt: the file is empty; expected a text of trace events'],
    [
      'Node 0, zone DMA\n',
      'trace.txt: no kmem event; expected kmalloc, kmem_cache_alloc, kfree or',
    ],
    [
      at(1, 'sched_wakeup: comm=a'),
      'as a trace prints them; left out: 1 other event (1 sched_wakeup)',
    ],
    [at(1, 'kfree: cal'), "trace.txt:1: kfree without ptr in 'cal'; expected kmalloc,"],
    [at(1, kfree('a')), 'left out: 1 free of what the recording never saw allocated'],
  ])('is refused: %j', (text, message) => {
    expect(() => importTrace(text, 'trace.txt')).toThrow(message);
  });
});
