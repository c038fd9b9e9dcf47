import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../src/engine/random-stream.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import linux61 from '../../src/kernel/profiles/6.1.ts';
import { Kmemleak } from '../../src/model/kmemleak/kmemleak.ts';
import type { KmemleakVariant } from '../../src/model/kmemleak/variant.ts';
import poolVariant from '../../src/model/kmemleak/variants/pool-5.4.ts';
import type { SlowPath } from '../../src/model/page-source.ts';
import { NONE, WOULD_BLOCK } from '../../src/model/page-source.ts';
import { ROLE_HOST, TaskContext } from '../../src/model/sched/task-context.ts';
import { Warnings } from '../../src/model/warnings.ts';

/*
 * kmemleak's columns against a naive shadow: a map of objects, a counter of pool entries, two
 * lists for the grace periods. Seed and length come from FUZZ_SEED and FUZZ_STEPS and stand in
 * the test's name.
 */

const SEED = process.env['FUZZ_SEED'] ?? '1';
const STEPS = Number(process.env['FUZZ_STEPS'] ?? 20_000);
const CALLER = 0xcc0;
const POOL_ENTRIES = 40;

const VARIANT: KmemleakVariant = {
  ...poolVariant,
  reserve: { entries: POOL_ENTRIES, refill: 'own-objects' },
  onFailure: 'leave-untracked',
};

/** Hands out handles, refuses or blocks as the dice say, and knows what is out. */
class DicedCache {
  readonly out = new Set<number>();
  lastAnswer = NONE;
  readonly #random: RandomStream;
  #next = 1000;

  constructor(random: RandomStream) {
    this.#random = random;
  }

  allocate(): number {
    const roll = this.#random.below(10);
    if (roll === 0) return this.#answer(NONE);
    if (roll === 1) return WOULD_BLOCK;
    return this.#answer(this.#give());
  }

  *allocateSlowly(): SlowPath {
    yield 10;
    return this.#answer(this.#random.below(2) === 0 ? NONE : this.#give());
  }

  free(handle: number): void {
    if (!this.out.delete(handle)) throw new Error('a handle is freed that was not out');
  }

  #give(): number {
    this.#next += 1;
    this.out.add(this.#next);
    return this.#next;
  }

  #answer(handle: number): number {
    this.lastAnswer = handle;
    return handle;
  }
}

/** One tracked object as the shadow knows it; NONE: it came from the pool. */
type Handle = number;

/** What the shadow gets wrong on purpose: the canaries. */
type Mistake = 'none' | 'any-free-refills' | 'one-grace-period';

class Fuzz {
  readonly #random: RandomStream;
  readonly #mistake: Mistake;
  readonly #cache: DicedCache;
  readonly #kmemleak: Kmemleak;
  readonly #context = new TaskContext();
  #gracesStarted = 0;
  #gracesExpected = 0;
  #poolFree = POOL_ENTRIES;
  readonly #tracked = new Map<number, Handle>();
  #waiting: Handle[] = [];
  #queued: Handle[] = [];
  #running = false;

  constructor(seed: string, mistake: Mistake) {
    const streams = new RandomStreams(seed, 0);
    this.#random = streams.stream('fuzz');
    this.#mistake = mistake;
    this.#cache = new DicedCache(streams.stream('cache'));
    const config = {
      enabled: true,
      variant: VARIANT,
      poolFree: POOL_ENTRIES,
      gracePeriodNs: 5,
      stackDepotEnabled: false,
    };
    this.#kmemleak = new Kmemleak(
      {
        kernel: linux61,
        config,
        faultInjection: true,
        warnings: new Warnings(),
        cpus: 1,
        scope: null,
        callers: [CALLER],
        cache: this.#cache,
        areaCache: null,
        depot: null,
        insertNs: 1,
      },
      {
        onMoment: () => {},
        startGracePeriod: () => {
          this.#gracesStarted += 1;
        },
        startCleanUp: () => {},
      },
    );
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step++) {
      const roll = this.#random.below(100);
      if (roll < 50 || this.#tracked.size === 0) this.#allocate();
      else if (roll < 95) this.#release();
      else if (this.#running) this.#endGracePeriod();
      this.#compare(step % 64 === 0);
    }
  }

  #allocate(): void {
    let slot = this.#kmemleak.track(CALLER, 0, 64, this.#context);
    if (slot === WOULD_BLOCK) {
      const path = this.#kmemleak.trackSlowly(0, 64, this.#context);
      let step = path.next();
      while (step.done !== true) step = path.next();
      slot = step.value;
    }
    const handle = this.#cache.lastAnswer;
    const isTracked = handle !== NONE || this.#poolFree > 0;
    expect(slot >= 0).toBe(isTracked);
    if (!isTracked) return;
    if (handle === NONE) this.#poolFree -= 1;
    expect(this.#tracked.has(slot)).toBe(false);
    this.#tracked.set(slot, handle);
  }

  #release(): void {
    const slots = [...this.#tracked.keys()];
    const slot = slots[this.#random.below(slots.length)]!;
    const handle = this.#tracked.get(slot)!;
    this.#tracked.delete(slot);
    this.#kmemleak.untrack(slot);
    if (this.#running && this.#mistake !== 'one-grace-period') {
      this.#queued.push(handle);
      return;
    }
    this.#waiting.push(handle);
    if (!this.#running) this.#gracesExpected += 1;
    this.#running = true;
  }

  #endGracePeriod(): void {
    for (const handle of this.#waiting) {
      if (handle === NONE) this.#poolFree += 1;
      else if (this.#mistake === 'any-free-refills' && this.#poolFree < POOL_ENTRIES) {
        this.#poolFree += 1;
      }
    }
    this.#kmemleak.gracePeriodEnded(this.#context);
    this.#waiting = this.#queued;
    this.#queued = [];
    this.#running = this.#waiting.length > 0;
    if (this.#running) this.#gracesExpected += 1;
  }

  #compare(thoroughly: boolean): void {
    const readings = this.#kmemleak.readings();
    const held = [...this.#tracked.values(), ...this.#waiting, ...this.#queued];
    expect(readings.live).toBe(held.length);
    expect(readings.poolFree).toBe(this.#poolFree);
    expect(this.#gracesStarted).toBe(this.#gracesExpected);
    expect([this.#context.role, this.#context.faultChecks]).toEqual([ROLE_HOST, 0]);
    if (!thoroughly) return;
    const handles = held.filter((handle) => handle !== NONE).sort((a, b) => a - b);
    expect([...this.#cache.out].sort((a, b) => a - b)).toEqual(handles);
  }
}

describe(`kmemleak, FUZZ_SEED=${SEED} FUZZ_STEPS=${STEPS}`, () => {
  it('agrees with its shadow', () => {
    new Fuzz(SEED, 'none').run(STEPS);
  });

  it.each(['any-free-refills', 'one-grace-period'] as const)('catches %s', (mistake) => {
    expect(() => new Fuzz(SEED, mistake).run(STEPS)).toThrow(/expected/);
  });
});
