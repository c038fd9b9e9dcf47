import type { Gfp } from '../kernel/kernel-profile.ts';
import type { LivelockReadings } from './machine-readings.ts';
import type { GfpClass } from './operation.ts';
import type { LoopState, LoopWatch } from './reclaim/endless-loops.ts';
import type { Timers } from './timers.ts';

const ROLES = ['host', 'metadata', 'depot', 'other', 'area'] as const;

interface Entry {
  readonly loop: LoopState;
  readonly gfpClass: string;
  readonly gfp: Gfp;
  readonly role: LivelockReadings['role'];
  readonly sinceNs: number;
  lastedNs: number | null;
}

/** Which requests never ended by themselves, since when, and what became of them. */
export class LivelockLog implements LoopWatch {
  readonly #timers: Timers;
  readonly #classes: readonly GfpClass[];
  readonly #entries: Entry[] = [];

  constructor(timers: Timers, classes: readonly GfpClass[]) {
    this.#timers = timers;
    this.#classes = classes;
  }

  began(loop: LoopState): void {
    const role = ROLES[loop.context.role]!;
    this.#entries.push({
      loop,
      gfpClass: role === 'other' ? '' : (this.#classes[loop.context.gfpClass]?.name ?? ''),
      gfp: loop.gfp,
      role,
      sinceNs: this.#timers.nowNs,
      lastedNs: null,
    });
  }

  ended(loop: LoopState): void {
    const entry = this.#entries.find((one) => one.loop === loop);
    if (entry !== undefined) entry.lastedNs = this.#timers.nowNs - entry.sinceNs;
  }

  readings(): LivelockReadings[] {
    return this.#entries.map(({ loop, ...entry }) => ({ ...entry, rounds: loop.rounds }));
  }
}
