import type { MachineConfig } from './machine-config.ts';
import type { Zone } from './mm/zone.ts';
import type { GfpClass, OperationSource } from './operation.ts';
import { Task, type TaskFaults } from './sched/task.ts';

/** One load of the machine: its operations, and the CPU that they run on. */
export interface TaskSpec {
  readonly source: OperationSource;
  readonly cpu: number;
  readonly fault?: TaskFaults;
}

/** gfp classes are numbered through, in the order of the tasks. */
export function buildTasks(specs: readonly TaskSpec[], zones: readonly Zone[]): Task[] {
  let firstClass = 0;
  return specs.map(({ source, cpu, fault }, id) => {
    const task = new Task(id, source, { cpu, firstClass, zones, ...fault });
    firstClass += source.classes.length;
    return task;
  });
}

/** What RAM and swap can hold together. */
export function mostPagesOf({ zones, swap }: MachineConfig): number {
  return zones.reduce((sum, zone) => sum + zone.managed, swap?.pages ?? 0);
}

/** What no operation has to look for if no caller of the load is like that. */
export function markersOf(
  classes: readonly GfpClass[],
  { kmemleak }: MachineConfig,
): { readonly seesLocks: boolean; readonly wantsAreas: boolean } {
  const holdsLocks = classes.some(({ underLock }) => underLock === true);
  return {
    seesLocks: holdsLocks && kmemleak.preemptCount !== false,
    wantsAreas: classes.some(({ scanArea }) => scanArea === true),
  };
}
