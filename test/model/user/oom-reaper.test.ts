import { describe, expect, it } from 'vitest';
import { NONE, SLEEP, type SlowPath } from '../../../src/model/page-source.ts';
import { Process } from '../../../src/model/reclaim/processes.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { OomReaper, type ReapedMemory } from '../../../src/model/user/oom-reaper.ts';

// When a victim's memory is taken away: at once or after two seconds, ten tries against its lock.

function setup(delayNs: number, memory: ReapedMemory) {
  const timers = { nowNs: 0, after: () => 0, cancel: () => false };
  const spec = { name: 'hog', pages: 0, oomScoreAdj: 0, parent: -1 };
  const victim = new Process(0, spec, 0, null);
  const reaper = new OomReaper(timers, delayNs);
  const context = new TaskContext();
  context.sleeper = { wake: () => {}, interrupt: () => {} };
  return { timers, victim, reaper, context, thread: reaper.run(memory, context) };
}

function counting(zapped: Process[]): ReapedMemory {
  return {
    *zap(victim: Process): SlowPath {
      zapped.push(victim);
      yield 500;
      return NONE;
    },
  };
}

describe('the reaper', () => {
  it('comes at once where the kernel says so', () => {
    const zapped: Process[] = [];
    const { thread, context, reaper, victim } = setup(0, counting(zapped));
    expect(thread.next().value).toBe(SLEEP);
    expect(context.sleepNs).toBe(Number.POSITIVE_INFINITY);
    reaper.queue(victim);
    expect(thread.next().value).toBe(500);
    expect([zapped, victim.reaped]).toEqual([[victim], false]);
    expect(thread.next().value).toBe(SLEEP);
    expect(victim.reaped).toBe(true);
  });

  it('waits for what is left of the two seconds', () => {
    const zapped: Process[] = [];
    const { thread, context, reaper, victim, timers } = setup(2e9, counting(zapped));
    thread.next();
    reaper.queue(victim);
    timers.nowNs = 5e8;
    expect(thread.next().value).toBe(SLEEP);
    expect(context.sleepNs).toBe(1.5e9);
    expect(zapped).toEqual([]);
    expect(thread.next().value).toBe(500);
  });

  it('gives up after ten tries 100 ms apart, and the killer looks past the victim', () => {
    const zapped: Process[] = [];
    const { thread, context, reaper, victim } = setup(0, counting(zapped));
    victim.mmapLocked = true;
    thread.next();
    reaper.queue(victim);
    for (let nap = 0; nap < 10; nap++) {
      expect(thread.next().value).toBe(SLEEP);
      expect([context.sleepNs, victim.reaped]).toEqual([1e8, false]);
    }
    thread.next();
    expect([zapped, victim.reaped]).toEqual([[], true]);
  });

  it('gets in when the lock is free again', () => {
    const zapped: Process[] = [];
    const { thread, reaper, victim } = setup(0, counting(zapped));
    victim.mmapLocked = true;
    thread.next();
    reaper.queue(victim);
    thread.next();
    victim.mmapLocked = false;
    expect(thread.next().value).toBe(500);
  });

  it('leaves alone who is gone already', () => {
    const zapped: Process[] = [];
    const { thread, reaper, victim } = setup(0, counting(zapped));
    thread.next();
    victim.exited = true;
    reaper.queue(victim);
    expect(thread.next().value).toBe(SLEEP);
    expect([zapped, victim.reaped]).toEqual([[], true]);
  });
});
