import type { TaskSpec } from './machine.ts';
import type { MachineConfig } from './machine-config.ts';
import type { Zone } from './mm/zone.ts';
import { Task } from './sched/task.ts';

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
