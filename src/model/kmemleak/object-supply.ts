import type { Gfp } from '../../kernel/kernel-profile.ts';
import type { SlowPath } from '../page-source.ts';
import { NONE, WOULD_BLOCK } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { napFor } from '../wait-queue.ts';
import type { MaskTable } from './mask-table.ts';
import { HOME_SLAB } from './objects.ts';
import { type MetadataPool, POOL_EMPTY } from './pool.ts';
import type { ReserveSpec } from './reserve-spec.ts';

/** What `take` answers besides WOULD_BLOCK. */
export const NOTHING = 0;
export const FROM_SLAB = 1;
export const FROM_RESERVE = 2;

/** mempool_alloc() waits so long for an object to come back before it looks again. */
const MEMPOOL_WAIT_NS = 5e9;

/** A slab cache of kmemleak's, as kmemleak sees it. */
export interface MetadataCache {
  /** An object's handle, NONE, or WOULD_BLOCK. */
  allocate(gfp: Gfp, context: TaskContext): number;
  /** Goes on after WOULD_BLOCK: a handle or NONE. */
  allocateSlowly(gfp: Gfp, context: TaskContext): SlowPath;
  free(handle: number, context: TaskContext): void;
}

export interface SupplyParts {
  readonly masks: MaskTable;
  readonly cache: MetadataCache;
  /** null: there is no reserve. */
  readonly pool: MetadataPool | null;
  readonly spec?: ReserveSpec;
  /** Flags of requests that fill the reserve. */
  readonly refillFlags: Gfp;
  /** DIRECT_RECLAIM: whoever asks with it may sleep. */
  readonly sleepingBit: Gfp;
  /** Callers with this bit wait for an object; 0: nobody does. */
  readonly waitingBit: Gfp;
}

/**
 * Where kmemleak's objects come from, and where they go back to.
 *
 *   tries by mask ─► slab cache ─none─► reserve ─none─► NOTHING, or wait and try again
 *        ▲                       (mempool: after each try)            │
 *        └────────────────────────────────────────────────────────────┘
 *
 * **Models:** mm/kmemleak.c, kmem_cache_alloc and mem_pool_alloc (4.17 to 6.12), the tries of the
 * proposals, and for those of 2019 mm/mempool.c, mempool_alloc: a reserve asked after each pass,
 * and a wait of 5 s a round for whoever may sleep.
 * **Departs:** callers that fill the reserve take what is there and do not reclaim for it; whoever
 * must not sleep but asks with flags that say otherwise gives up where the kernel would schedule
 * while atomic.
 */
export class ObjectSupply {
  /** Kind and home of what was taken last; see objects.ts. */
  kind = HOME_SLAB;
  home = NONE;
  /** Rounds of waiting. */
  waits = 0;
  readonly #parts: SupplyParts;
  readonly #masks: MaskTable;
  readonly #cache: MetadataCache;
  readonly #pool: MetadataPool | null;
  readonly #afterEachTry: boolean;
  readonly #waitingBit: Gfp;
  /** Callers with this bit fill the reserve up; 0: nobody does. */
  readonly #fillingBit: Gfp;
  /** What `takeSlowly` takes over from the `take` call just before it. */
  #pendingRow = 0;
  #pendingAttempt = 0;
  #refills = 0;

  constructor(parts: SupplyParts) {
    this.#parts = parts;
    this.#masks = parts.masks;
    this.#cache = parts.cache;
    this.#pool = parts.pool;
    this.#afterEachTry = parts.spec?.afterEachTry === true;
    this.#waitingBit = parts.waitingBit;
    this.#fillingBit = parts.spec?.filledBySleepers === true ? parts.sleepingBit : 0;
  }

  get hasReserve(): boolean {
    return this.#pool !== null;
  }

  get reserveEntries(): number {
    return this.#pool?.entries ?? 0;
  }

  get reserveFree(): number {
    return this.#pool?.free ?? 0;
  }

  get reserveFreeMin(): number | null {
    return this.#pool?.freeMin ?? null;
  }

  /** NOTHING, FROM_SLAB or FROM_RESERVE; or WOULD_BLOCK, and `takeSlowly` is the next call. */
  take(row: number, context: TaskContext): number {
    return this.#tryFrom(row, 0, context);
  }

  /** Goes on where `take` met WOULD_BLOCK: the same answers but that. */
  *takeSlowly(context: TaskContext): SlowPath {
    const row = this.#pendingRow;
    const tries = this.#masks.tries(row);
    let attempt = this.#pendingAttempt;
    let answer = WOULD_BLOCK;
    while (answer === WOULD_BLOCK) {
      if (attempt === tries) {
        this.waits += 1;
        yield* this.#pool!.back.sleep(context, MEMPOOL_WAIT_NS);
        attempt = tries - 2;
      } else {
        const flags = this.#masks.flags(row, attempt);
        const handle = yield* this.#cache.allocateSlowly(flags, context);
        if (handle !== NONE) return this.#fromSlab(handle, flags, context);
        if (this.#afterEachTry && this.#takesReserve()) return FROM_RESERVE;
      }
      answer = this.#tryFrom(row, attempt + 1, context);
      attempt = this.#pendingAttempt;
    }
    return answer;
  }

  give(kind: number, home: number, context: TaskContext): void {
    if (this.#pool?.give(kind, home) === true) return;
    if (kind === HOME_SLAB) this.#cache.free(home, context);
  }

  /** Before the load starts: as much of the reserve as there is memory for. */
  fill(context: TaskContext): void {
    const pool = this.#pool;
    if (pool === null) return;
    while (this.#parts.spec?.filledBy === 'slab' && pool.free < pool.entries) {
      const handle = this.#cache.allocate(this.#parts.refillFlags, context);
      if (handle < 0) break;
      pool.stock(handle);
    }
    pool.startCounting();
  }

  /** The thread that gathers the reserve, one object a period, as long as `wanted` says. */
  *gather(context: TaskContext, wanted: () => boolean): SlowPath {
    const periodNs = this.#parts.spec?.periodNs ?? 0;
    yield* napFor(context, periodNs);
    while (wanted()) {
      yield* this.#addOne(context);
      yield* napFor(context, periodNs);
    }
    return NONE;
  }

  /** Fills the reserve up until it is full or the slab cache refuses. */
  *fillUp(context: TaskContext): SlowPath {
    while ((yield* this.#addOne(context)) !== NONE);
    return NONE;
  }

  /** NONE: there is no room, or no object. */
  *#addOne(context: TaskContext): SlowPath {
    const pool = this.#pool;
    if (pool === null || pool.free >= pool.entries) return NONE;
    this.#refills += 1;
    // Coins of its own: no caller's allocation has such a number.
    context.allocationIndex = -this.#refills;
    context.faultChecks = 0;
    const { refillFlags } = this.#parts;
    let handle = this.#cache.allocate(refillFlags, context);
    if (handle === WOULD_BLOCK) handle = yield* this.#cache.allocateSlowly(refillFlags, context);
    if (handle === NONE) return NONE;
    if (!pool.stock(handle)) this.#cache.free(handle, context);
    // What it cost is in the context; whoever runs the thread charges it here.
    yield 0;
    return handle;
  }

  #tryFrom(row: number, first: number, context: TaskContext): number {
    const masks = this.#masks;
    const tries = masks.tries(row);
    for (let attempt = first; attempt < tries; attempt++) {
      const flags = masks.flags(row, attempt);
      const handle = this.#cache.allocate(flags, context);
      if (handle >= 0) return this.#fromSlab(handle, flags, context);
      if (handle === WOULD_BLOCK) {
        this.#pendingRow = row;
        this.#pendingAttempt = attempt;
        return WOULD_BLOCK;
      }
      if (this.#afterEachTry && this.#takesReserve()) return FROM_RESERVE;
    }
    if (this.#pool === null) return NOTHING;
    if (!this.#afterEachTry && this.#takesReserve()) return FROM_RESERVE;
    if (!this.#mayWait(row, tries, context)) return NOTHING;
    this.#pendingRow = row;
    this.#pendingAttempt = tries;
    return WOULD_BLOCK;
  }

  #fromSlab(handle: number, flags: Gfp, context: TaskContext): number {
    if ((flags & this.#fillingBit) !== 0 && !context.mustNotSleep) this.#addAtOnce(flags, context);
    this.kind = HOME_SLAB;
    this.home = handle;
    return FROM_SLAB;
  }

  /** One more object for the reserve, if it is there without waiting. */
  #addAtOnce(flags: Gfp, context: TaskContext): void {
    const pool = this.#pool!;
    if (pool.free >= pool.entries) return;
    const handle = this.#cache.allocate(flags, context);
    if (handle >= 0) pool.stock(handle);
  }

  #takesReserve(): boolean {
    const pool = this.#pool!;
    const home = pool.take();
    if (home === POOL_EMPTY) return false;
    this.kind = pool.takenKind;
    this.home = home;
    return true;
  }

  #mayWait(row: number, tries: number, context: TaskContext): boolean {
    if (this.#waitingBit === 0 || context.mustNotSleep) return false;
    return (this.#masks.flags(row, tries - 1) & this.#waitingBit) !== 0;
  }
}
