import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../src/engine/random-streams.ts';
import { Simulation } from '../../../src/engine/simulation.ts';
import { GRACE_PERIOD_END } from '../../../src/model/event-kind.ts';
import { Cpu } from '../../../src/model/sched/cpu.ts';
import { Quiescence } from '../../../src/model/sched/quiescence.ts';
import { Thread } from '../../../src/model/sched/thread.ts';

const TICK_NS = 4_000_000;
const START_NS = 3 * TICK_NS;
const TOUCH = 99;

/** A process that spends so much of its time in user space. */
class UserProcess extends Thread {
  readonly #share: number;

  constructor(share = 1) {
    super(0, 'hog');
    this.#share = share;
  }

  override userShare(): number {
    return this.#share;
  }
}

/** CPUs that run these since time 0; null: an idle one. */
function cpusOf(...threads: (Thread | null)[]): Cpu[] {
  return threads.map((thread, id) => {
    const cpu = new Cpu(id);
    cpu.current = thread;
    return cpu;
  });
}

/** Ticks from the beginning of a grace period to its end; `touch` happens in its second tick. */
function ticksToEnd(cpus: readonly Cpu[], touch: (nowNs: number) => void = () => {}): number {
  return lengthsOf(cpus, { touch })[0]! / TICK_NS;
}

interface Course {
  readonly touch?: (nowNs: number) => void;
  readonly count?: number;
  readonly firstLookNs?: number;
  /** From 4.19 on an urgent grace period ends at the next tick. */
  readonly reschedules?: boolean;
}

/** How long each of so many grace periods lasts, one after the other. */
function lengthsOf(cpus: readonly Cpu[], course: Course): number[] {
  const { touch = () => {}, count = 1, firstLookNs = TICK_NS, reschedules = true } = course;
  const simulation = new Simulation();
  const quiescence = new Quiescence(cpus, {
    timers: simulation,
    tickNs: TICK_NS,
    returnNs: 50,
    urgentTickReschedules: reschedules,
    draws: new RandomStreams('1', 0).stream('tick'),
  });
  const lengths: number[] = [];
  let beganNs = START_NS;
  const begin = () => {
    beganNs = simulation.nowNs;
    quiescence.begin(firstLookNs);
  };
  const world = {
    handle: (kind: number) => {
      if (kind === TOUCH) touch(simulation.nowNs);
      else if (kind !== GRACE_PERIOD_END) begin();
      else if (quiescence.isOver()) {
        lengths.push(simulation.nowNs - beganNs);
        if (lengths.length < count) begin();
      }
    },
  };
  simulation.after(START_NS, TOUCH + 1, 0, 0);
  simulation.after(START_NS + 1.5 * TICK_NS, TOUCH, 0, 0);
  simulation.run(world, Number.POSITIVE_INFINITY);
  return lengths;
}

const loop = () => new Thread(0, 'a loop in the kernel');

describe('a grace period', () => {
  it('lasts a tick where the loop makes room for the thread of RCU itself', () => {
    expect(ticksToEnd(cpusOf(loop()))).toBe(1);
  });

  it('is held up by a loop in the kernel until it is urgent, after 100 ms', () => {
    expect(ticksToEnd(cpusOf(null, loop()))).toBe(26);
  });

  it('is not held up by idle CPUs, nor by processes in user space', () => {
    expect(ticksToEnd(cpusOf(null, new UserProcess()))).toBe(1);
  });

  it('ends when the last CPU has switched or gone idle', () => {
    const switching = cpusOf(loop(), null);
    const switchNow = (nowNs: number) => {
      switching[0]!.sliceStartNs = nowNs;
    };
    expect(ticksToEnd(switching, switchNow)).toBe(2);
    const sleeping = cpusOf(loop(), null);
    const sleepNow = () => {
      sleeping[0]!.current = null;
    };
    expect(ticksToEnd(sleeping, sleepNow)).toBe(2);
  });

  it('waits for a tick that finds the process in user space', () => {
    const lengths = lengthsOf(cpusOf(null, new UserProcess(0.05)), { count: 2000 });
    const ticks = lengths.map((ns) => ns / TICK_NS);
    // The first tick of 26 at the latest that draws less than 0.05: (1 − 0.95^26) ÷ 0.05.
    const mean = ticks.reduce((sum, one) => sum + one, 0) / ticks.length;
    expect(mean).toBeGreaterThan(14.7 - 1);
    expect(mean).toBeLessThan(14.7 + 1);
    expect(Math.max(...ticks)).toBe(26);
  });

  it('up to 4.18 waits for that tick however urgent it is, and 100 ms for a loop', () => {
    const course = { count: 2000, reschedules: false };
    const lengths = lengthsOf(cpusOf(null, new UserProcess(0.05)), course);
    const ticks = lengths.map((ns) => ns / TICK_NS);
    // 1 ÷ 0.05, and the deviation of the mean is 0.44.
    const mean = ticks.reduce((sum, one) => sum + one, 0) / ticks.length;
    expect(mean).toBeGreaterThan(20 - 1.5);
    expect(mean).toBeLessThan(20 + 1.5);
    expect(Math.max(...ticks)).toBeGreaterThan(100);
    expect(lengthsOf(cpusOf(null, loop()), { reschedules: false })).toEqual([26 * TICK_NS]);
  });

  it('looks at every tick after its first look, which sees those before it', () => {
    const course = { count: 2000, firstLookNs: 5 * TICK_NS };
    const ticks = lengthsOf(cpusOf(null, new UserProcess(0.05)), course).map((ns) => ns / TICK_NS);
    expect(Math.min(...ticks)).toBe(5);
    // And a twentieth of the others at the next one: 77 of 1548, and the deviation is 9.
    const next = ticks.filter((one) => one === 6).length;
    expect(next).toBeGreaterThan(77 - 34);
    expect(next).toBeLessThan(77 + 34);
    // 1 − 0.95^5 of them: 0.226, and its standard deviation is 0.009.
    const short = ticks.filter((one) => one === 5).length / ticks.length;
    expect(short).toBeGreaterThan(0.226 - 0.035);
    expect(short).toBeLessThan(0.226 + 0.035);
  });

  it('has its thread on a CPU that has yet to wake up for its own', () => {
    const cpus = cpusOf(loop(), loop(), loop());
    cpus[2]!.sliceStartNs = START_NS + 1.2 * TICK_NS;
    const switchNow = (nowNs: number) => {
      cpus[1]!.sliceStartNs = nowNs;
    };
    expect(ticksToEnd(cpus, switchNow)).toBe(26);
  });

  it('needs each CPU once, not all of them at one moment', () => {
    const cpus = cpusOf(null, new UserProcess(), loop());
    const trade = (nowNs: number) => {
      cpus[1]!.current = loop();
      cpus[2]!.sliceStartNs = nowNs;
    };
    expect(ticksToEnd(cpus, trade)).toBe(2);
  });

  it('has its thread on one of the loops when all CPUs are busy', () => {
    const cpus = cpusOf(loop(), loop());
    const switchNow = (nowNs: number) => {
      cpus[1]!.sliceStartNs = nowNs;
    };
    expect(ticksToEnd(cpus, switchNow)).toBe(2);
  });
});
