import { assert } from '../../base/assert.ts';
import { OP_READ, OP_RELEASE, OP_TOUCH, OP_WRITE, type Operation } from '../operation.ts';
import { NONE, type SlowPath, WOULD_BLOCK } from '../page-source.ts';
import type { FileRange } from '../reclaim/file-pages.ts';
import type { OomKiller } from '../reclaim/oom-killer.ts';
import type { Process } from '../reclaim/processes.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { AnonymousMemory } from './anonymous-memory.ts';
import type { FileAccess } from './file-access.ts';
import { ACCESSED } from './user-pages.ts';

/** Whose memory and which file a task's operations mean; null: it has none. */
export interface UserTask {
  readonly mm: Process | null;
  readonly file: FileRange | null;
}

export interface UserMemoryParts {
  readonly anonymous: AnonymousMemory;
  /** null: the machine has no disk with files. */
  readonly files: FileAccess | null;
  readonly oom: OomKiller;
  /** A fault without a page asks the OOM killer before it is tried again. */
  readonly faultAsksOom: boolean;
  readonly faultNs: number;
}

/**
 * The operations of user tasks, from their first instruction to their exit.
 *
 * Models: the page-fault handler's retry, mm/oom_kill.c pagefault_out_of_memory, read(2) and
 * write(2) of one page, do_exit as far as memory goes (4.17, 6.1, 6.12).
 * Departs: a read that finds no memory is given up; a dying task notices its signal at the end
 * of the operation in hand.
 */
export class UserMemory {
  readonly #parts: UserMemoryParts;

  constructor(parts: UserMemoryParts) {
    this.#parts = parts;
  }

  static isUserOperation(kind: number): boolean {
    return kind >= OP_TOUCH && kind <= OP_WRITE;
  }

  /** ACCESSED, NONE, or WOULD_BLOCK, and then `performSlowly` must be the very next call. */
  perform(operation: Operation, task: UserTask, context: TaskContext): number {
    const { anonymous, files } = this.#parts;
    switch (operation.kind) {
      case OP_TOUCH:
        return anonymous.touch(pageOf(operation, task.mm), context);
      case OP_RELEASE:
        anonymous.release(pageOf(operation, task.mm), context);
        return ACCESSED;
      case OP_READ:
        return files!.read(pageOf(operation, task.file), context);
      default:
        assert(operation.kind === OP_WRITE, 'not an operation on user memory');
        return files!.write(pageOf(operation, task.file), context);
    }
  }

  /** Goes on after WOULD_BLOCK, or after the NONE of a touch: ACCESSED or NONE. */
  *performSlowly(operation: Operation, task: UserTask, context: TaskContext): SlowPath {
    const { files } = this.#parts;
    if (operation.kind === OP_READ) {
      return yield* files!.readSlowly(pageOf(operation, task.file), task.file!, context);
    }
    if (operation.kind === OP_WRITE) {
      return yield* files!.writeSlowly(pageOf(operation, task.file), context);
    }
    return yield* this.#faultAgain(pageOf(operation, task.mm), context);
  }

  /** The OOM reaper's work. */
  zap(process: Process, context: TaskContext): SlowPath {
    return this.#parts.anonymous.zap(process, context);
  }

  /** The task's memory goes back. */
  *exit(task: UserTask, context: TaskContext): SlowPath {
    if (task.mm === null) return NONE;
    return yield* this.#parts.anonymous.exit(task.mm, context);
  }

  /** Until the page is there, or the task has to die. */
  *#faultAgain(page: number, context: TaskContext): SlowPath {
    const { anonymous, faultNs } = this.#parts;
    let answer = yield* anonymous.touchSlowly(page, context);
    while (answer === NONE && !context.fatalSignal) {
      yield* this.#outOfMemory(context);
      yield faultNs;
      answer = anonymous.touch(page, context);
      if (answer === WOULD_BLOCK) answer = yield* anonymous.touchSlowly(page, context);
    }
    return answer;
  }

  /** pagefault_out_of_memory() */
  *#outOfMemory(context: TaskContext): SlowPath {
    const { oom, faultAsksOom } = this.#parts;
    if (!faultAsksOom || !oom.enter()) return NONE;
    const answer = yield* oom.outOfMemory(0, context);
    oom.leave();
    return answer;
  }
}

function pageOf(operation: Operation, within: Process | FileRange | null): number {
  assert(within !== null, 'a task uses memory that it does not have');
  assert(operation.slot < within.pages, 'a task reaches beyond its memory');
  return within.base + operation.slot;
}
