import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../src/engine/simulation.ts';
import { GRACE_PERIOD_END } from '../../../src/model/event-kind.ts';
import { Cpu } from '../../../src/model/sched/cpu.ts';
import { Quiescence } from '../../../src/model/sched/quiescence.ts';
import { Thread } from '../../../src/model/sched/thread.ts';

const TICK_NS = 4_000_000;
const START_NS = 3 * TICK_NS;
const TOUCH = 99;

class UserProcess extends Thread {
  override get isInKernel(): boolean {
    return false;
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
  const simulation = new Simulation();
  const quiescence = new Quiescence(cpus, simulation);
  let endNs = 0;
  const world = {
    handle: (kind: number) => {
      if (kind === TOUCH) touch(simulation.nowNs);
      else if (kind !== GRACE_PERIOD_END) quiescence.begin(TICK_NS);
      else if (quiescence.isOver()) endNs = simulation.nowNs;
    },
  };
  simulation.after(START_NS, TOUCH + 1, 0, 0);
  simulation.after(START_NS + 1.5 * TICK_NS, TOUCH, 0, 0);
  simulation.run(world, Number.POSITIVE_INFINITY);
  return (endNs - START_NS) / TICK_NS;
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
    expect(ticksToEnd(cpusOf(null, new UserProcess(0, 'hog')))).toBe(1);
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

  it('needs each CPU once, not all of them at one moment', () => {
    const cpus = cpusOf(null, new UserProcess(0, 'hog'), loop());
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
