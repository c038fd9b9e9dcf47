import { assert } from '../base/assert.ts';
import type { RandomStreams } from '../engine/random-streams.ts';
import { Simulation, type World } from '../engine/simulation.ts';
import { GRACE_PERIOD_END, KMEMLEAK_CLEAN_UP, TASK_RESUME, TASK_STEP } from './event-kind.ts';
import {
  FAIL_CALLER,
  Kmemleak,
  type KmemleakEvents,
  type KmemleakMoment,
} from './kmemleak/kmemleak.ts';
import { StackDepot } from './kmemleak/stack-depot.ts';
import type { MachineConfig } from './machine-config.ts';
import { buildParts, type MachineParts } from './machine-parts.ts';
import type { MachineReadings } from './machine-readings.ts';
import { OP_ALLOCATE, OP_END, OP_FREE, type OperationSource } from './operation.ts';
import { NEVER, NONE, type SlowPath, WOULD_BLOCK } from './page-source.ts';
import { readMachine } from './read-machine.ts';
import { RunRecord } from './run-record.ts';
import {
  TASK_BLOCKED,
  TASK_ENDED,
  TASK_READY,
  TASK_STUCK,
  Task,
  type TaskFaults,
} from './sched/task.ts';
import { ROLE_HOST, ROLE_OTHER, TaskContext } from './sched/task-context.ts';
import { BoundCache } from './slab/bound-cache.ts';

/** One load of the machine: its operations, and the CPU that they run on. */
export interface TaskSpec {
  readonly source: OperationSource;
  readonly cpu: number;
  readonly fault?: TaskFaults;
}

/** A worker starts this long after it was asked for, ns: a guess, one wake-up. */
const WORKER_DELAY_NS = 10_000;

/**
 * The machine: it builds the parts, carries the tasks' operations out and dispatches events.
 * `handle` is the model's table of contents.
 *
 * Models: a kernel whose only activity is the load's.
 * Departs: tasks on one CPU interleave between operations, without time slices; while any task
 * keeps interrupts off, neither grace periods end nor workers run, on whichever CPU.
 */
export class Machine implements World, KmemleakEvents {
  readonly parts: MachineParts;
  readonly kmemleak: Kmemleak;
  readonly tasks: readonly Task[];
  readonly record: RunRecord;
  readonly #config: MachineConfig;
  readonly #simulation = new Simulation();
  /** The context of grace periods and workers. */
  readonly #background = new TaskContext();
  #tasksLeft: number;
  #interruptsOffTasks: number;
  #waitingGracePeriod = false;
  #waitingCleanUp = false;

  constructor(config: MachineConfig, specs: readonly TaskSpec[], streams: RandomStreams) {
    const classes = specs.flatMap((spec) => spec.source.classes);
    this.#config = config;
    this.parts = buildParts(config, classes.length, streams);
    this.kmemleak = this.#buildKmemleak(classes.map((one) => one.gfp));
    let firstClass = 0;
    this.tasks = specs.map(({ source, cpu, fault }, id) => {
      const task = new Task(id, source, { cpu, firstClass, ...fault });
      firstClass += source.classes.length;
      return task;
    });
    this.record = new RunRecord(this.parts, classes);
    this.#background.role = ROLE_OTHER;
    this.#tasksLeft = specs.length;
    this.#interruptsOffTasks = specs.filter((spec) => spec.source.interruptsOff).length;
  }

  get nowNs(): number {
    return this.#simulation.nowNs;
  }

  /** Runs until every task has ended, or until the horizon. */
  run(horizonNs: number): void {
    for (const task of this.tasks) this.#fetchNext(task);
    this.#simulation.run(this, horizonNs);
  }

  handle(kind: number, a: number, _b: number): void {
    switch (kind) {
      case TASK_STEP:
        this.#step(this.tasks[a]!);
        break;
      case TASK_RESUME:
        this.#resume(this.tasks[a]!);
        break;
      case GRACE_PERIOD_END:
        this.kmemleak.gracePeriodEnded(this.#background);
        break;
      case KMEMLEAK_CLEAN_UP:
        this.kmemleak.cleanUp();
        break;
      default:
        assert(false, 'unknown event kind');
    }
  }

  /** Plain data: what happened. */
  readings(): MachineReadings {
    return readMachine({
      config: this.#config,
      parts: this.parts,
      kmemleak: this.kmemleak.readings(),
      record: this.record,
      simulation: this.#simulation,
      tasks: this.tasks,
    });
  }

  /** Every managed page is in exactly one place. */
  assertConservation(): void {
    const { memory, pages } = this.parts;
    let counted = memory.keptByBoot + pages.pagesInUse + memory.pcp.pages();
    let managed = 0;
    for (const zone of memory.zones) {
      counted += zone.freePages + memory.cache.pagesOf(zone);
      managed += zone.managed;
    }
    assert(counted === managed, 'pages are lost or doubled');
  }

  onMoment(moment: KmemleakMoment): void {
    this.record.mark(moment, this.#simulation.nowNs);
  }

  startGracePeriod(delayNs: number): void {
    if (this.#interruptsOffTasks > 0) this.#waitingGracePeriod = true;
    else this.#simulation.after(delayNs, GRACE_PERIOD_END, 0, 0);
  }

  startCleanUp(): void {
    if (this.#interruptsOffTasks > 0) this.#waitingCleanUp = true;
    else this.#simulation.after(WORKER_DELAY_NS, KMEMLEAK_CLEAN_UP, 0, 0);
  }

  #step(task: Task): void {
    const { context, operation } = task;
    context.spentNs = 0;
    if (operation.kind === OP_FREE) this.#free(task);
    else if (operation.kind === OP_ALLOCATE && !this.#allocate(task)) return;
    this.record.noteFree();
    this.#fetchNext(task);
  }

  /** False when the task blocked on the way. */
  #allocate(task: Task): boolean {
    const { context, operation } = task;
    task.attempts++;
    context.role = ROLE_HOST;
    context.allocationIndex = task.attempts * this.tasks.length + task.id;
    context.faultChecks = 0;
    context.gfpClass = task.firstClass + operation.gfpClass;
    const { gfp } = task.source.classes[operation.gfpClass]!;
    this.record.attempt(context.gfpClass);
    const object = this.parts.slab.kmalloc(operation.sizeBytes, gfp, context);
    if (object === WOULD_BLOCK) return this.#block(task, this.#allocateSlowly(task));
    if (object === NONE) {
      this.#refuse(task);
      return true;
    }
    const metadata = this.kmemleak.track(gfp, context.gfpClass, operation.sizeBytes, context);
    if (metadata === WOULD_BLOCK) return this.#block(task, this.#trackSlowly(task, object));
    this.#finish(task, object, metadata);
    return true;
  }

  *#allocateSlowly(task: Task): SlowPath {
    const { context, operation } = task;
    const { gfp } = task.source.classes[operation.gfpClass]!;
    const object = yield* this.parts.slab.kmallocSlowly(operation.sizeBytes, gfp, context);
    if (object === NONE) {
      this.#refuse(task);
      return NONE;
    }
    const metadata = this.kmemleak.track(gfp, context.gfpClass, operation.sizeBytes, context);
    if (metadata === WOULD_BLOCK) return yield* this.#trackSlowly(task, object);
    this.#finish(task, object, metadata);
    return NONE;
  }

  *#trackSlowly(task: Task, object: number): SlowPath {
    const { context, operation } = task;
    const since = this.#simulation.nowNs;
    const slow = this.kmemleak.trackSlowly(context.gfpClass, operation.sizeBytes, context);
    const metadata = yield* slow;
    this.record.metadataStall(this.#simulation.nowNs - since);
    this.#finish(task, object, metadata);
    return NONE;
  }

  #finish(task: Task, object: number, metadata: number): void {
    if (metadata === FAIL_CALLER) {
      this.parts.slab.kfree(object, task.context);
      this.#refuse(task);
    } else {
      task.keep(object, metadata);
    }
  }

  #refuse(task: Task): void {
    task.failures++;
    this.record.refusal(task.context.gfpClass, this.#simulation.nowNs);
  }

  #free(task: Task): void {
    const { slot } = task.operation;
    const metadata = task.metadataIn(slot);
    this.parts.slab.kfree(task.objectIn(slot), task.context);
    if (metadata !== NONE) this.kmemleak.untrack(metadata);
    task.forget(slot);
  }

  #block(task: Task, slowPath: SlowPath): false {
    task.state = TASK_BLOCKED;
    task.slowPath = slowPath;
    task.blockedSinceNs = this.#simulation.nowNs;
    this.#resume(task);
    return false;
  }

  /** Goes on in the slow path up to its next wait, or to its end. */
  #resume(task: Task): void {
    const step = task.slowPath!.next();
    if (step.done !== true) {
      if (step.value === NEVER) this.#retire(task, TASK_STUCK);
      else this.#simulation.after(step.value, TASK_RESUME, task.id, 0);
      return;
    }
    task.state = TASK_READY;
    task.slowPath = null;
    this.record.stall(this.#simulation.nowNs - task.blockedSinceNs);
    this.record.noteFree();
    this.#fetchNext(task);
  }

  /** The next operation starts when this one's time and the think time have passed. */
  #fetchNext(task: Task): void {
    const { context, operation, source } = task;
    source.next(operation, task);
    if (operation.kind === OP_END) {
      this.#retire(task, TASK_ENDED);
      return;
    }
    this.#simulation.after(context.spentNs + operation.thinkNs, TASK_STEP, task.id, 0);
  }

  #retire(task: Task, state: number): void {
    task.state = state;
    this.#tasksLeft--;
    if (this.#tasksLeft === 0) this.#simulation.stop();
    if (!task.source.interruptsOff) return;
    this.#interruptsOffTasks--;
    if (this.#interruptsOffTasks > 0) return;
    if (this.#waitingGracePeriod) this.startGracePeriod(this.#config.kmemleak.gracePeriodNs);
    if (this.#waitingCleanUp) this.startCleanUp();
  }

  #buildKmemleak(callers: readonly number[]): Kmemleak {
    const { kernel, kmemleak: config, fault, costs } = this.#config;
    const { slab, pages, exemptions } = this.parts;
    const cache = slab.createCache({
      name: 'kmemleak_object',
      objectSize: kernel.kmemleak.objectSize,
      noLeakTrace: true,
    });
    const { stackDepot } = kernel.kmemleak;
    const depot =
      stackDepot === null || !config.stackDepotEnabled
        ? null
        : new StackDepot(stackDepot, pages, callers.length + 1);
    return new Kmemleak(
      {
        kernel,
        config,
        faultInjection: fault.builtIn ?? true,
        exemptions,
        callers,
        cache: new BoundCache(slab, cache),
        depot,
        insertNs: costs.kmemleakInsertNs,
      },
      this,
    );
  }
}
