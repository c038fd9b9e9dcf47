import type { Gfp } from '../../kernel/kernel-profile.ts';
import { NEVER, NONE, SLEEP, type SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';

/** Rounds in a row without a page freed for it: the request will not end by itself. */
export const LIVELOCK_ROUNDS = 10_000;
/** From then on rounds that nothing would change are counted in bulk, for so much CPU time. */
const BULK_NS = 1_000_000;

/** What a request remembers of its rounds. */
export interface LoopState {
  readonly gfp: Gfp;
  readonly context: TaskContext;
  rounds: number;
  fruitlessRoundsInARow: number;
  /** CPU time of the last round that was timed; 0: it also slept. */
  roundNs: number;
  isEndless: boolean;
}

/** Who wants to know of requests that do not end by themselves. */
export interface LoopWatch {
  began(loop: LoopState): void;
  /** Somebody else freed memory after all. */
  ended(loop: LoopState): void;
}

/**
 * Rounds of requests that retry, and the requests that would do so for ever.
 *
 * Models: the retry loop of mm/page_alloc.c __alloc_pages_slowpath (4.17, 6.1, 6.12), which a
 * NOFAIL and NORETRY request never leaves by itself: it spins on its CPU, giving way to others
 * at its cond_resched points, until somebody else's doing lets a walk succeed.
 * Departs: after LIVELOCK_ROUNDS fruitless rounds only one round in a millisecond is made; those
 * between take its time and are counted.
 */
export class EndlessLoops {
  /** Longest loop of one request, rounds. */
  roundsMax = 0;
  /** Requests that went LIVELOCK_ROUNDS fruitless rounds and have not ended. */
  open = 0;
  watch: LoopWatch | null = null;

  /** One round; where the request is past hope, its time is taken. */
  *round(state: LoopState, slowPath: SlowPath): SlowPath {
    if (state.fruitlessRoundsInARow < LIVELOCK_ROUNDS - 1) return yield* slowPath;
    let ns = 0;
    let slept = false;
    for (;;) {
      const step = slowPath.next();
      if (step.done === true) {
        state.roundNs = slept ? 0 : ns;
        return step.value;
      }
      if (step.value === SLEEP) slept = true;
      else ns += step.value;
      yield step.value;
    }
  }

  /** Counts a round that came to nothing, and lets its time pass. */
  *count(state: LoopState, betweenNs: number): SlowPath {
    let rounds = 1;
    state.fruitlessRoundsInARow++;
    if (state.fruitlessRoundsInARow >= LIVELOCK_ROUNDS) {
      if (state.context.mustNotSleep) yield NEVER;
      if (!state.isEndless) this.#begin(state);
      const roundNs = state.roundNs + betweenNs;
      if (state.roundNs > 0) rounds = Math.max(1, Math.floor(BULK_NS / roundNs));
      yield rounds * roundNs - state.roundNs;
    } else {
      yield betweenNs;
    }
    state.rounds += rounds;
    if (state.rounds > this.roundsMax) this.roundsMax = state.rounds;
    return NONE;
  }

  /** The request has its answer. */
  end(state: LoopState): void {
    if (!state.isEndless) return;
    state.context.inEndlessLoop = false;
    this.open--;
    this.watch?.ended(state);
  }

  #begin(state: LoopState): void {
    state.isEndless = true;
    state.context.inEndlessLoop = true;
    this.open++;
    this.watch?.began(state);
  }
}
