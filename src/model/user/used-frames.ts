import { UserError } from '../../base/user-error.ts';
import type { Memory } from '../memory.ts';

/**
 * The frames that boot left in use, to be given to what the scenario says was there before the
 * load: the memory of processes, caches of objects.
 *
 * Models: nothing of its own; a state that a real machine has.
 */
export class UsedFrames {
  readonly #memory: Memory;
  /** From the top of memory down, those of movable pageblocks behind all others. */
  #used: number[] | null = null;
  #first = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** For user memory: a page of a movable pageblock, while there is one. */
  takeMovable(name: string): number {
    const used = this.#find();
    return this.#take(name, used.length > this.#first ? used.pop() : undefined);
  }

  /** For slabs: a page of another pageblock, while there is one. */
  takeOther(name: string): number {
    return this.#take(name, this.#find()[this.#first++]);
  }

  #find(): number[] {
    if (this.#used !== null) return this.#used;
    const { zones, frames } = this.#memory;
    const movable: number[] = [];
    const others: number[] = [];
    for (const { startPfn, endPfn } of zones) {
      for (let pfn = startPfn; pfn < endPfn; pfn++) {
        const order = frames.freeOrder(pfn);
        if (order >= 0) pfn += (1 << order) - 1;
        else if (!frames.isOnLru(pfn) && !frames.isOnPcp(pfn)) {
          (frames.isMovable(pfn) ? movable : others).push(pfn);
        }
      }
    }
    this.#used = [...others, ...movable];
    return this.#used;
  }

  /** It is in use by its new owner from now on. */
  #take(name: string, pfn: number | undefined): number {
    if (pfn === undefined) {
      throw new UserError(`the memory of '${name}' does not fit`, {
        expected: 'at most what is used and not page cache when the load starts',
      });
    }
    this.#memory.frames.markInUse(pfn);
    return pfn;
  }
}
