import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import linux417 from '../../src/kernel/profiles/4.17.ts';
import linux612 from '../../src/kernel/profiles/6.12.ts';
import { OP_ALLOCATE, OP_FREE } from '../../src/model/operation.ts';
import { parseTrace, traceText } from '../../src/workload/trace-text.ts';
import trace from '../../src/workload/workloads/trace.ts';
import { perform } from './perform.ts';

const HEADER = 'time_ns,op,object,size_bytes,gfp';

function textOf(...lines: string[]): string {
  return `${[HEADER, ...lines].join('\n')}\n`;
}

const TEXT = textOf(
  '0,alloc,0,232,GFP_KERNEL|__GFP_ZERO',
  '1500,alloc,1,64,GFP_ATOMIC',
  '1500,free,0,,',
  '4000,alloc,0,64,GFP_KERNEL|__GFP_ZERO',
);

function start(params: Readonly<Record<string, unknown>>, kernel = linux417) {
  return trace.start(trace.parameters.parse(params), new RandomStreams('1', 0), kernel);
}

/** Kind, slot, size, class and moment of each operation. */
function played(params: Readonly<Record<string, unknown>>, refuse = (_: number) => false) {
  const rows: number[][] = [];
  perform(start(params), refuse, ({ kind, slot, sizeBytes, gfpClass, notBeforeNs }) =>
    rows.push([kind, slot, sizeBytes, gfpClass, notBeforeNs]),
  );
  return rows;
}

describe('a played trace', () => {
  const first = [
    [OP_ALLOCATE, 0, 232, 0, 0],
    [OP_ALLOCATE, 1, 64, 1, 1500],
    [OP_FREE, 0, 0, 0, 1500],
    [OP_ALLOCATE, 0, 64, 0, 4000],
  ];

  it('does what is written, each at its time', () => {
    expect(played({ file: TEXT })).toEqual(first);
  });

  it('is faster, and later, where the scenario says so', () => {
    const moments = played({ file: TEXT, speed: 3, start: '1us' }).map((row) => row[4]);
    expect(moments).toEqual([1000, 1500, 1500, 2333]);
  });

  it('begins again where it ended, when what was left is freed', () => {
    const rows = played({ file: TEXT, repeat: 2 });
    const cleaned = rows.slice(4, 6).map(([kind, slot, , , at]) => [kind, slot, at]);
    expect(cleaned).toEqual([
      [OP_FREE, 0, 4000],
      [OP_FREE, 1, 4000],
    ]);
    expect(rows.slice(6)).toEqual(first.map(([...row]) => [...row.slice(0, 4), row[4]! + 4000]));
  });

  it('does not free what was refused', () => {
    const rows = played({ file: TEXT }, (index) => index === 1);
    expect(rows.map(([kind]) => kind)).toEqual([OP_ALLOCATE, OP_ALLOCATE, OP_ALLOCATE]);
  });

  it('has the masks of the kernel that it is played on, and NOWARN on request', () => {
    const masks = (kernel: typeof linux417, nowarn = false) =>
      start({ file: TEXT, nowarn }, kernel).classes.map(({ gfp }) => gfp);
    const { composites, bits } = linux612.gfp;
    expect(masks(linux417)).toEqual([0x14080c0, 0x1080020]);
    expect(masks(linux612)).toEqual([composites.GFP_KERNEL | bits.ZERO, composites.GFP_ATOMIC]);
    expect(masks(linux417, true)).toEqual([0x14082c0, 0x1080220]);
  });
});

describe('the text of a trace', () => {
  it('is what is written of its events', () => {
    const { timesNs, objects, sizesBytes, masks, written, slots, length } = parseTrace(TEXT, 'a');
    const rows = Array.from({ length }, (_, row) => ({
      timeNs: timesNs[row]!,
      object: objects[row]!,
      sizeBytes: sizesBytes[row]!,
      gfp: sizesBytes[row] === 0 ? '' : written[masks[row]!]!.gfp,
    }));
    expect(traceText(rows)).toBe(TEXT);
    expect(slots).toBe(2);
    expect(written.map(({ at }) => [at.line, at.column])).toEqual([
      [2, 15],
      [3, 17],
    ]);
  });

  it('may have notes, empty lines and the line ends of Windows', () => {
    const odd = `# a note\r\n${TEXT.replace(/\n/g, '\r\n\r\n')}# another one`;
    const { length, written } = parseTrace(odd, 'a');
    expect([length, written[0]!.gfp, written[0]!.at.line]).toEqual([4, 'GFP_KERNEL|__GFP_ZERO', 4]);
  });

  const one = '0,alloc,0,64,GFP_KERNEL';
  it.each([
    ['', `a:1:1: no trace; expected the header '${HEADER}'`],
    ['time_ns,op,objekt,size_bytes,gfp', "a:1:12: the column 'objekt'; expected the header"],
    ['time_ns,op', 'a:1:9: a column is missing; expected the header'],
    [`${HEADER},more`, "a:1:34: the column 'more'; expected the header"],
    [textOf(), 'a:1:1: a trace without events; expected a line for each of them'],
    [textOf('0,alloc,0,64'), 'a:2:11: 4 fields; expected 5: time_ns,op,'],
    [
      textOf('1e3,alloc,0,64,GFP_KERNEL'),
      "a:2:1: time_ns is '1e3'; expected a whole number from 0",
    ],
    [
      textOf('5,alloc,0,8,0', '4,free,0,,'),
      "a:3:1: time_ns is '4'; expected a whole number from 5",
    ],
    [textOf('0,aloc,0,64,0'), "a:2:3: op is 'aloc'; expected alloc or free; did you mean 'alloc'?"],
    [textOf('0,realloc!,0,64,0'), "a:2:3: op is 'realloc!'; expected alloc or free"],
    [textOf('0,alloc,x,64,0'), "a:2:9: object is 'x'; expected a whole number from 0 to 16777215"],
    [
      textOf('0,alloc,0,0,0'),
      "a:2:11: size_bytes is '0'; expected a whole number from 1 to 4194304",
    ],
    [textOf('0,alloc,0,64,'), "a:2:14: the gfp mask ''; expected flags such as"],
    [textOf(one, one), 'a:3:9: object 0 is there since line 2; expected a free before'],
    [textOf('0,free,3,,'), 'a:2:8: object 3 is freed and was not allocated; expected a free after'],
    [textOf(one, '0,free,0,,0'), "a:3:11: a free with '0'; expected nothing in its last two"],
    [textOf(one, '0,free,0,64,'), "a:3:10: a free with '64'; expected nothing in its last two"],
  ])('is refused where it is wrong: %j', (text, message) => {
    expect(() => parseTrace(text, 'a')).toThrow(message);
  });

  it('may name flags that a kernel does not have: told where they stand', () => {
    const text = textOf(one, '1,alloc,1,64,GFP_KERNEL|__GFP_ATOMIC');
    trace.files!['file']!.check(text, 'a', linux417);
    expect(() => trace.files!['file']!.check(text, 'a', linux612)).toThrow(
      /^a:3:14: unknown gfp flag '__GFP_ATOMIC'.* kernel 6\.12 has no such flag/,
    );
  });
});
