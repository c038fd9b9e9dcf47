import { FAIL_CALLER, type Kmemleak } from './kmemleak/kmemleak.ts';
import type { LeakScan } from './kmemleak/leak-scan.ts';
import type { MachineParts } from './machine-parts.ts';
import { OP_ALLOCATE, OP_FREE, OP_LEAK } from './operation.ts';
import { NONE, type SlowPath, WOULD_BLOCK } from './page-source.ts';
import type { RunRecord } from './run-record.ts';
import type { Task } from './sched/task.ts';
import { ROLE_HOST, ROLE_OTHER } from './sched/task-context.ts';
import type { Timers } from './timers.ts';
import { UserMemory, type UserTask } from './user/user-memory.ts';
import { ACCESSED } from './user/user-pages.ts';

export interface OperationParts {
  readonly parts: MachineParts;
  readonly kmemleak: Kmemleak;
  readonly record: RunRecord;
  readonly timers: Timers;
  /** The processes and files of all tasks: they number their allocations in turn. */
  readonly users: readonly UserTask[];
  /** null: nobody scans. */
  readonly scan: LeakScan | null;
  /** There are callers that hold a spinlock, and CONFIG_PREEMPT_COUNT lets it be seen. */
  readonly seesLocks: boolean;
  /** There are callers that want a scan area for their object. */
  readonly wantsAreas: boolean;
}

/**
 * Carries the operations of tasks out: at once as far as nothing blocks, then as a slow path.
 *
 * Models: kmalloc, kfree with kmemleak's hooks, and accesses to user memory and files, as their
 * callers meet them. Departs: an operation is over before its task begins the next; a caller that
 * is refused goes on with its next operation.
 */
export class OperationRunner {
  /** Objects whose last pointer the load has lost. */
  leaksPlanted = 0;
  readonly #machine: OperationParts;
  readonly #zeroes: number;
  readonly #seesLocks: boolean;
  readonly #wantsAreas: boolean;

  constructor(machine: OperationParts) {
    this.#machine = machine;
    this.#seesLocks = machine.seesLocks;
    this.#wantsAreas = machine.wantsAreas;
    this.#zeroes = machine.parts.memory.kernel.gfp.bits.ZERO;
  }

  /** Null when the operation in hand is done; else what is left of it. */
  start(task: Task): SlowPath | null {
    const { operation } = task;
    if (operation.kind === OP_ALLOCATE) return this.#allocate(task);
    if (operation.kind === OP_FREE) this.#free(task);
    else if (operation.kind === OP_LEAK) this.#lose(task);
    else if (UserMemory.isUserOperation(operation.kind)) return this.#access(task);
    return null;
  }

  /** What a user task has yet to do before it is gone. */
  exit(task: Task): SlowPath {
    return this.#machine.parts.user.exit(this.#machine.users[task.id]!, task.context);
  }

  #access({ id, operation, context }: Task): SlowPath | null {
    const { user } = this.#machine.parts;
    const own = this.#machine.users[id]!;
    context.role = ROLE_OTHER;
    if (user.perform(operation, own, context) === ACCESSED) return null;
    return user.performSlowly(operation, own, context);
  }

  #allocate(task: Task): SlowPath | null {
    const { context, operation } = task;
    const { parts, kmemleak, record, users } = this.#machine;
    task.attempts++;
    context.role = ROLE_HOST;
    context.allocationIndex = task.attempts * users.length + task.id;
    context.faultChecks = 0;
    context.gfpClass = task.firstClass + operation.gfpClass;
    const { gfp } = task.source.classes[operation.gfpClass]!;
    if (this.#seesLocks) context.preemptOff = isUnderLock(task);
    record.attempt(context.gfpClass);
    const object = parts.slab.kmalloc(operation.sizeBytes, gfp, context);
    if (object === WOULD_BLOCK) return this.#allocateSlowly(task);
    if (object === NONE) {
      this.#refuse(task);
      return null;
    }
    const metadata = kmemleak.track(gfp, context.gfpClass, operation.sizeBytes, context);
    if (metadata === WOULD_BLOCK) return this.#trackSlowly(task, object);
    if (this.#wantsAreas && this.#areaBlocks(task, metadata))
      return this.#addAreaSlowly(task, object, metadata);
    this.#finish(task, object, metadata);
    return null;
  }

  *#allocateSlowly(task: Task): SlowPath {
    const { context, operation } = task;
    const { parts, kmemleak } = this.#machine;
    const { gfp } = task.source.classes[operation.gfpClass]!;
    const object = yield* parts.slab.kmallocSlowly(operation.sizeBytes, gfp, context);
    if (object === NONE) {
      this.#refuse(task);
      return NONE;
    }
    const metadata = kmemleak.track(gfp, context.gfpClass, operation.sizeBytes, context);
    if (metadata === WOULD_BLOCK) return yield* this.#trackSlowly(task, object);
    if (this.#wantsAreas && this.#areaBlocks(task, metadata))
      return yield* this.#addAreaSlowly(task, object, metadata);
    this.#finish(task, object, metadata);
    return NONE;
  }

  *#trackSlowly(task: Task, object: number): SlowPath {
    const { context, operation } = task;
    const { kmemleak, record, timers } = this.#machine;
    task.metadataSinceNs = timers.nowNs;
    const slow = kmemleak.trackSlowly(context.gfpClass, operation.sizeBytes, context);
    const metadata = yield* slow;
    record.metadataStall(context.gfpClass, timers.nowNs - task.metadataSinceNs);
    task.metadataSinceNs = Number.POSITIVE_INFINITY;
    if (this.#wantsAreas && this.#areaBlocks(task, metadata))
      return yield* this.#addAreaSlowly(task, object, metadata);
    this.#finish(task, object, metadata);
    return NONE;
  }

  /** Asks for the object's scan area, if it is to have one; true: that has to be waited for. */
  #areaBlocks({ source, operation, context }: Task, metadata: number): boolean {
    const { gfp, scanArea } = source.classes[operation.gfpClass]!;
    if (scanArea !== true || metadata < 0) return false;
    const answer = this.#machine.kmemleak.addScanArea(metadata, gfp, context);
    return answer === WOULD_BLOCK;
  }

  *#addAreaSlowly(task: Task, object: number, metadata: number): SlowPath {
    const { kmemleak, record, timers } = this.#machine;
    const { context } = task;
    task.metadataSinceNs = timers.nowNs;
    yield* kmemleak.addScanAreaSlowly(metadata, context);
    record.metadataStall(context.gfpClass, timers.nowNs - task.metadataSinceNs);
    task.metadataSinceNs = Number.POSITIVE_INFINITY;
    this.#finish(task, object, metadata);
    return NONE;
  }

  #finish(task: Task, object: number, metadata: number): void {
    if (metadata === FAIL_CALLER) {
      this.#machine.parts.slab.kfree(object, task.context);
      this.#refuse(task);
    } else {
      this.#noteTracked(task, metadata);
      task.keep(object, metadata);
    }
  }

  /** Without slots the objects make a list that grows at its head; else a table points to each. */
  #noteTracked(task: Task, metadata: number): void {
    const { scan } = this.#machine;
    if (scan === null) return;
    const { gfp } = task.source.classes[task.operation.gfpClass]!;
    if (metadata !== NONE) scan.tracked(metadata, (gfp & this.#zeroes) !== 0);
    if (task.source.slots > 0) return;
    scan.linked(metadata, task.listHead);
    task.listHead = metadata;
  }

  /** The last pointer to what the slot holds is overwritten. */
  #lose(task: Task): void {
    const { slot } = task.operation;
    this.leaksPlanted++;
    this.#machine.scan?.lost(task.metadataIn(slot));
    task.forget(slot);
  }

  #refuse(task: Task): void {
    task.failures++;
    this.#machine.record.refusal(task.context.gfpClass, this.#machine.timers.nowNs);
  }

  #free(task: Task): void {
    const { slot } = task.operation;
    const metadata = task.metadataIn(slot);
    this.#machine.parts.slab.kfree(task.objectIn(slot), task.context);
    if (metadata !== NONE) {
      this.#machine.scan?.freed(metadata);
      this.#machine.kmemleak.untrack(metadata);
    }
    task.forget(slot);
  }
}

function isUnderLock({ source, operation }: Task): boolean {
  return source.classes[operation.gfpClass]!.underLock === true;
}
