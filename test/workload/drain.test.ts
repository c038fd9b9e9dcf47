import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import linux417 from '../../src/kernel/profiles/4.17.ts';
import { OP_ALLOCATE } from '../../src/model/operation.ts';
import drain from '../../src/workload/workloads/drain.ts';
import { perform } from './perform.ts';

function start(written: Record<string, unknown>) {
  const streams = new RandomStreams('1', 0);
  return drain.start(drain.parameters.parse(written), streams, linux417);
}

describe('drain', () => {
  it('asks for one size with one gfp and keeps it, interrupts off', () => {
    const source = start({ size: 64, attempts: 3 });
    expect([source.slots, source.interruptsOff]).toEqual([0, true]);
    expect(source.classes).toEqual([{ name: 'GFP_ATOMIC', gfp: 0x1080220 }]);
    expect(perform(source).trace).toEqual([
      [OP_ALLOCATE, -1, 64, 0],
      [OP_ALLOCATE, -1, 64, 0],
      [OP_ALLOCATE, -1, 64, 0],
    ]);
  });

  it('ends with the first refusal', () => {
    const run = perform(start({}), (index) => index >= 1000);
    expect([run.attempts, run.failures]).toEqual([1000, 1]);
  });

  it('or goes on to its count', () => {
    const source = start({ 'stop-on-failure': false, attempts: 1500 });
    const run = perform(source, (index) => index >= 1000);
    expect([run.attempts, run.failures]).toEqual([1500, 501]);
  });

  it('leaves interrupts on and thinks, where told', () => {
    const source = start({ interrupts: 'on', think: '20us', attempts: 1, gfp: 'GFP_KERNEL' });
    expect(source.interruptsOff).toBe(false);
    perform(source, undefined, (operation) => expect(operation.thinkNs).toBe(20_000));
  });

  it.each([
    [{ size: 0 }],
    [{ size: 4 * 1024 * 1024 + 1 }],
    [{ size: 1.5 }],
    [{ attempts: 0 }],
    [{ attempts: 'many' }],
    [{ interrupts: 'maybe' }],
    [{ think: -1 }],
    [{ 'stop-on-failure': false }],
    [{ gpf: 'GFP_ATOMIC' }],
  ])('refuses %j', (written) => {
    expect(drain.parameters.safeParse(written).success).toBe(false);
  });
});
