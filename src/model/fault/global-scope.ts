import type { TaskContext } from '../sched/task-context.ts';
import type { FaultScope, ScopeReadings } from './fault-scope.ts';

/** One save and restore of the switch. */
interface Turn {
  /** What the switch was before. */
  saved: boolean;
}

/** A change of the switch that is still to come, for the time when its CPU gets there. */
interface Change {
  readonly ns: number;
  readonly isEnter: boolean;
  readonly turn: Turn;
}

/**
 * One switch for the whole machine: saved and set before the metadata request, restored after it.
 *
 *   CPU 0   save(off) set ········ restore(off)
 *   CPU 1          save(on) set ········ restore(on)    the switch stays on for ever
 *
 * A request takes time, so that changes of several CPUs interleave: each is noted with its time
 * and made when anybody looks at the switch from then on.
 *
 * **Models:** the proposal of April 2018 for fail_page_alloc, taken for both capabilities, 4.17.
 * **Departs:** within one operation of a CPU, others look at the switch as of that operation's
 * start: changes may be seen late by less than an operation's length.
 */
export class GlobalScope implements FaultScope {
  readonly #nowNs: () => number;
  readonly #coming: Change[] = [];
  readonly #open = new Map<TaskContext, Turn[]>();
  #isOn = false;
  /** Requests that are inside their save and restore. */
  #inside = 0;
  #brokenScopes = 0;

  constructor(nowNs: () => number) {
    this.#nowNs = nowNs;
  }

  enter(context: TaskContext): void {
    const turn = { saved: false };
    const open = this.#open.get(context);
    if (open === undefined) this.#open.set(context, [turn]);
    else open.push(turn);
    this.#note({ ns: this.#timeOf(context), isEnter: true, turn });
  }

  leave(context: TaskContext): void {
    const turn = this.#open.get(context)!.pop()!;
    this.#note({ ns: this.#timeOf(context), isEnter: false, turn });
  }

  spares(context: TaskContext): boolean {
    this.#catchUp(this.#timeOf(context));
    return this.#isOn;
  }

  readings(): ScopeReadings {
    return { brokenScopes: this.#brokenScopes };
  }

  #timeOf(context: TaskContext): number {
    return this.#nowNs() + context.spentNs;
  }

  /** Puts a change in the order of times; what is over already is made first. */
  #note(change: Change): void {
    this.#catchUp(this.#nowNs());
    let at = this.#coming.length;
    while (at > 0 && this.#coming[at - 1]!.ns > change.ns) at--;
    this.#coming.splice(at, 0, change);
  }

  #catchUp(ns: number): void {
    while (this.#coming.length > 0 && this.#coming[0]!.ns <= ns) {
      const { isEnter, turn } = this.#coming.shift()!;
      if (isEnter) {
        turn.saved = this.#isOn;
        this.#isOn = true;
        this.#inside += 1;
      } else {
        this.#isOn = turn.saved;
        this.#inside -= 1;
        // Off while others are inside, or on when nobody is.
        if (this.#isOn !== this.#inside > 0) this.#brokenScopes += 1;
      }
    }
  }
}
