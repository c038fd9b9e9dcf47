import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import { SLEEP, type SlowPath } from '../../../src/model/page-source.ts';
import {
  OOM_PANIC,
  OOM_PROGRESS,
  OomKiller,
  type VictimQueue,
} from '../../../src/model/reclaim/oom-killer.ts';
import {
  badness,
  chooseVictim,
  NOBODY,
  sacrificed,
  UNFINISHED_VICTIM,
} from '../../../src/model/reclaim/oom-score.ts';
import { Process } from '../../../src/model/reclaim/processes.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { OOM_KILL, VmStat } from '../../../src/model/vmstat.ts';
import { KERNEL_61, KERNEL_417, KERNELS } from '../machines.ts';

// Whom the OOM killer kills, and when it does not: exam cases E23 … E26, E40 … E42 of the killer.

const TOTAL = 262144;
const JIFFY = 4_000_000;
const REPORT = 100_000;

interface Told {
  readonly rss?: number;
  readonly swap?: number;
  readonly tables?: number;
  readonly adj?: number;
  readonly parent?: Process;
}

let nextId = 0;

function process(told: Told): Process {
  const id = nextId++;
  const spec = { name: `p${id}`, pages: 0, oomScoreAdj: told.adj ?? 0, parent: -1 };
  const made = new Process(id, spec, 0, told.parent ?? null);
  made.rss = told.rss ?? 0;
  made.swapEntries = told.swap ?? 0;
  made.tablePages = told.tables ?? 0;
  made.tasks.push(new TaskContext());
  return made;
}

function setup(kernel: KernelProfile, processes: readonly Process[]) {
  const queued: Process[] = [];
  const reaper: VictimQueue = { queue: (victim) => queued.push(victim) };
  const vmstat = new VmStat();
  const parts = { kernel, vmstat, processes, reaper, totalPages: TOTAL };
  const times = { jiffyNs: JIFFY, reportNs: REPORT };
  return { killer: new OomKiller({ ...parts, ...times }), queued, vmstat };
}

/** What a slow path yields, and its answer last. */
function steps(path: SlowPath): number[] {
  const seen: number[] = [];
  let step = path.next();
  for (; step.done !== true; step = path.next()) seen.push(step.value);
  return [...seen, step.value];
}

describe('scores', () => {
  it('E41: rss, swap, page tables, and the adjustment in thousandths of all pages', () => {
    const told = process({ rss: 1000, swap: 200, tables: 10, adj: 100 });
    for (const { rules } of KERNELS) expect(badness(told, TOTAL, rules)).toBe(27410);
  });

  it('the score of the measured hog: 826 thousandths of 62250 pages', () => {
    const hog = process({ rss: 51345, tables: 111 });
    expect(Math.floor((badness(hog, 62250, KERNEL_417.rules)! * 1000) / 62250)).toBe(826);
  });

  it('a negative score is 1 on 4.17 and stays negative later', () => {
    const told = process({ rss: 10, adj: -500 });
    expect(badness(told, TOTAL, KERNEL_417.rules)).toBe(1);
    expect(badness(told, TOTAL, KERNEL_61.rules)).toBe(10 - 500 * 262);
  });

  it('−1000, reaped and exited processes cannot be chosen', () => {
    const gone = [process({ adj: -1000 }), process({}), process({})];
    gone[1]!.reaped = true;
    gone[2]!.exited = true;
    for (const one of gone) expect(badness(one, TOTAL, KERNEL_61.rules)).toBeNull();
    expect(chooseVictim(gone, TOTAL, KERNEL_61.rules)).toBe(NOBODY);
  });

  it('the earlier wins a tie on 4.17, the later afterwards', () => {
    const two = [process({ rss: 50 }), process({ rss: 50 }), process({ rss: 20 })];
    expect(chooseVictim(two, TOTAL, KERNEL_417.rules)).toBe(two[0]);
    expect(chooseVictim(two, TOTAL, KERNEL_61.rules)).toBe(two[1]);
  });
});

describe('children', () => {
  const parent = process({ rss: 100 });
  const small = process({ rss: 5, parent });
  const large = process({ rss: 9, parent });
  const stranger = process({ rss: 50 });
  const all = [parent, small, large, stranger];

  it('the worst child dies for its parent on 4.17 only', () => {
    expect(sacrificed(parent, all, TOTAL, KERNEL_417.rules)).toBe(large);
    expect(sacrificed(parent, all, TOTAL, KERNEL_61.rules)).toBe(parent);
    expect(sacrificed(stranger, all, TOTAL, KERNEL_417.rules)).toBe(stranger);
  });

  it('a child that cannot be killed does not', () => {
    const shy = process({ rss: 99, adj: -1000, parent: stranger });
    expect(sacrificed(stranger, [...all, shy], TOTAL, KERNEL_417.rules)).toBe(stranger);
  });
});

describe.each(KERNELS)('out_of_memory() on $name', (kernel) => {
  const naps = kernel === KERNEL_417;
  const { GFP_KERNEL, GFP_NOFS, GFP_NOIO } = kernel.gfp.composites as Record<string, number>;

  it('kills, marks, queues for the reaper and counts', () => {
    const victim = process({ rss: 50, swap: 7 });
    const { killer, queued, vmstat } = setup(kernel, [process({ rss: 2 }), victim]);
    const context = new TaskContext();
    const seen = steps(killer.outOfMemory(GFP_KERNEL!, context));
    expect(seen).toEqual([REPORT, ...(naps ? [SLEEP] : []), OOM_PROGRESS]);
    if (naps) expect(context.sleepNs).toBe(JIFFY);
    expect(queued).toEqual([victim]);
    expect(vmstat.count(OOM_KILL)).toBe(1);
    expect([victim.tasks[0]!.fatalSignal, victim.tasks[0]!.oomVictim]).toEqual([true, true]);
    expect(killer.firstVictimPages).toBe(57);
  });

  it('wakes a victim that sleeps killably, and no other', () => {
    const woken: string[] = [];
    const asleep = process({ rss: 50 });
    const stubborn = new TaskContext();
    asleep.tasks.push(stubborn);
    asleep.tasks[0]!.sleeper = { interrupt: () => {}, wake: () => woken.push('killable') };
    asleep.tasks[0]!.killable = true;
    stubborn.sleeper = { interrupt: () => {}, wake: () => woken.push('uninterruptible') };
    steps(setup(kernel, [asleep]).killer.outOfMemory(GFP_KERNEL!, new TaskContext()));
    expect(woken).toEqual(['killable']);
  });

  it('E42: an unfinished victim keeps everybody else alive, until it is reaped or gone', () => {
    const victim = process({ rss: 50 });
    const other = process({ rss: 40 });
    const { killer, queued } = setup(kernel, [victim, other]);
    steps(killer.outOfMemory(GFP_KERNEL!, new TaskContext()));
    expect(chooseVictim([victim, other], TOTAL, kernel.rules)).toBe(UNFINISHED_VICTIM);
    expect(steps(killer.outOfMemory(GFP_KERNEL!, new TaskContext()))).toEqual([OOM_PROGRESS]);
    expect(queued).toEqual([victim]);
    victim.reaped = true;
    steps(killer.outOfMemory(GFP_KERNEL!, new TaskContext()));
    expect(queued).toEqual([victim, other]);
  });

  it('E23: without __GFP_FS it pretends; gfp 0, a leaked fault, kills', () => {
    const { killer, queued } = setup(kernel, [process({ rss: 50 })]);
    expect(steps(killer.outOfMemory(GFP_NOFS!, new TaskContext()))).toEqual([OOM_PROGRESS]);
    expect(steps(killer.outOfMemory(GFP_NOIO!, new TaskContext()))).toEqual([OOM_PROGRESS]);
    expect(queued).toEqual([]);
    steps(killer.outOfMemory(0, new TaskContext()));
    expect(queued.length).toBe(1);
  });

  it('a dying caller gets its mark instead of a kill', () => {
    const dying = process({ rss: 1 });
    const { killer, queued, vmstat } = setup(kernel, [dying, process({ rss: 90 })]);
    dying.tasks[0]!.fatalSignal = true;
    expect(steps(killer.outOfMemory(GFP_KERNEL!, dying.tasks[0]!))).toEqual([OOM_PROGRESS]);
    expect(queued).toEqual([dying]);
    expect(dying.tasks[0]!.oomVictim).toBe(true);
    expect(vmstat.count(OOM_KILL)).toBe(0);
  });

  it('nobody left: panic', () => {
    const { killer } = setup(kernel, [process({ adj: -1000 })]);
    expect(steps(killer.outOfMemory(GFP_KERNEL!, new TaskContext()))).toEqual([OOM_PANIC]);
    expect(killer.firstVictimPages).toBeNull();
  });

  it('E24, E25, E26: costly orders, RETRY_MAYFAIL, THISNODE and low zones are not for it', () => {
    const { killer } = setup(kernel, []);
    const { RETRY_MAYFAIL, THISNODE, DMA32, DMA } = kernel.gfp.bits;
    expect(killer.actsFor(3, GFP_KERNEL!)).toBe(true);
    expect(killer.actsFor(4, GFP_KERNEL!)).toBe(false);
    expect(killer.actsFor(0, GFP_KERNEL! | RETRY_MAYFAIL)).toBe(false);
    expect(killer.actsFor(0, GFP_KERNEL! | THISNODE)).toBe(false);
    expect(killer.actsFor(0, GFP_KERNEL! | DMA32)).toBe(false);
    expect(killer.actsFor(0, GFP_KERNEL! | DMA)).toBe(false);
  });

  it('one task at a time is inside; others sleep a jiffy', () => {
    const { killer } = setup(kernel, []);
    const context = new TaskContext();
    expect([killer.enter(), killer.enter()]).toEqual([true, false]);
    expect(steps(killer.waitOutside(context))[0]).toBe(SLEEP);
    expect(context.sleepNs).toBe(JIFFY);
    killer.leave();
    expect(killer.enter()).toBe(true);
  });
});
