import { UserError } from '../../base/user-error.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { FaultExemptions } from '../fault/fault-exemptions.ts';
import type { KmemleakConfig } from '../machine-config.ts';
import type { SlowPath } from '../page-source.ts';
import { NONE, WOULD_BLOCK } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { ROLE_METADATA } from '../sched/task-context.ts';
import { GracePeriods } from './grace-periods.ts';
import type { KmemleakReadings } from './kmemleak-counts.ts';
import { KmemleakCounts } from './kmemleak-counts.ts';
import { MaskTable } from './mask-table.ts';
import { HOME_NONE, HOME_NOWHERE, HOME_POOL, HOME_SLAB, MetadataObjects } from './objects.ts';
import { MetadataPool, POOL_EMPTY } from './pool.ts';
import type { StackDepot } from './stack-depot.ts';
import type { KmemleakVariant } from './variant.ts';
import { newFlagOf } from './variant.ts';

/** `track` says: free the caller's object and report its request as failed. */
export const FAIL_CALLER = -3;

/** The moments at which a machine looks at its zones; each comes at most once. */
export type KmemleakMoment = 'first-metadata-failure' | 'first-pool-use' | 'death';

/** The slab cache `kmemleak_object`, as kmemleak sees it. */
export interface MetadataCache {
  /** An object's handle, NONE, or WOULD_BLOCK. */
  allocate(gfp: Gfp, context: TaskContext): number;
  /** Goes on after WOULD_BLOCK: a handle or NONE. */
  allocateSlowly(gfp: Gfp, context: TaskContext): SlowPath;
  free(handle: number, context: TaskContext): void;
}

export interface KmemleakParts {
  readonly kernel: KernelProfile;
  readonly config: KmemleakConfig;
  /** CONFIG_FAULT_INJECTION. */
  readonly faultInjection: boolean;
  readonly exemptions: FaultExemptions;
  /** The gfp of each class of the load's callers. */
  readonly callers: readonly Gfp[];
  readonly cache: MetadataCache;
  /** null where traces are stored inline. */
  readonly depot: StackDepot | null;
  readonly insertNs: number;
}

/** What kmemleak asks of the machine. */
export interface KmemleakEvents {
  onMoment(moment: KmemleakMoment): void;
  /** Calls `gracePeriodEnded` after this time, or later while the CPU cannot pass through it. */
  startGracePeriod(delayNs: number): void;
  /** Calls `cleanUp` when a worker gets to run. */
  startCleanUp(): void;
}

/**
 * kmemleak's metadata: one object for each tracked allocation, and what happens without it.
 *
 *   track ─► tries by mask ─► slab cache ─► pool ─► failure: disable | untracked | fail caller
 *   untrack ─► grace period ─► back to slab or pool
 *   disable ─► nothing new ─► clean-up: all objects freed, a grace period later returned
 *
 * **Models:** mm/kmemleak.c, create_object, delete_object_full, put_object, kmemleak_disable and
 * kmemleak_do_cleanup, 4.17 to 6.12.
 * **Departs:** the clean-up frees in the order of slots, and nobody writes "clear"; no early log;
 * the overlap check cannot fail; scan areas are not allocated.
 */
export class Kmemleak {
  readonly #parts: KmemleakParts;
  readonly #events: KmemleakEvents;
  readonly #variant: KmemleakVariant;
  readonly #masks: MaskTable;
  readonly #pool: MetadataPool | null;
  readonly #objects = new MetadataObjects();
  readonly #graces: GracePeriods;
  readonly #counts: KmemleakCounts;
  readonly #taskScope: boolean;
  readonly #globalScope: boolean;
  #alive: boolean;
  /** A leak was reported: metadata stays for its readers when the detector is switched off. */
  foundLeaks = false;
  /** Frees are followed until the clean-up. */
  #freesFollowed = true;
  /** What `trackSlowly` takes over from the `track` call just before it. */
  #pendingRow = 0;
  #pendingAttempt = 0;
  #pendingRole = 0;
  #pendingChecks = 0;

  constructor(parts: KmemleakParts, events: KmemleakEvents) {
    const { kernel, config, faultInjection } = parts;
    const variant = config.variant;
    if (variant.onFailure === 'wait') {
      throw new UserError(`variant '${variant.name}' waits for metadata`, {
        expected: 'a variant that does not: waiting is not modelled',
      });
    }
    this.#parts = parts;
    this.#events = events;
    this.#variant = variant;
    this.#alive = config.enabled;
    this.#taskScope = variant.injection === 'task-scope';
    this.#globalScope = variant.injection === 'global-scope';
    const newFlag = newFlagOf(variant, kernel, config.newFlag);
    this.#masks = new MaskTable({ kernel, variant, newFlag, faultInjection }, parts.callers);
    this.#pool =
      variant.reserve === undefined
        ? null
        : new MetadataPool(variant.reserve, kernel.kmemleak.poolSize, config.poolFree);
    const startGrace = () => events.startGracePeriod(config.gracePeriodNs);
    this.#graces = new GracePeriods(this.#objects, startGrace);
    this.#counts = new KmemleakCounts(parts.callers.length);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /**
   * After the caller's allocation has succeeded: the slot of its metadata; NONE when it is not
   * tracked; FAIL_CALLER; or WOULD_BLOCK, and then `trackSlowly` must be the very next call.
   * `gfpClass` is the index of `callerGfp` among the callers, −1 for any other caller.
   */
  track(callerGfp: Gfp, gfpClass: number, sizeBytes: number, context: TaskContext): number {
    if (!this.#alive) {
      this.#counts.untracked += 1;
      return NONE;
    }
    const atomic = context.interruptsOff || context.inInterrupt;
    const row = this.#masks.row(callerGfp, gfpClass, atomic);
    if (this.#masks.tries(row) === 0) {
      this.#counts.untracked += 1;
      return NONE;
    }
    this.#counts.attempt(gfpClass);
    const role = context.role;
    const checks = context.faultChecks;
    this.#enter(context);
    const handle = this.#tryFrom(row, 0, context);
    if (handle === WOULD_BLOCK) {
      this.#pendingRow = row;
      this.#pendingRole = role;
      this.#pendingChecks = checks;
      return WOULD_BLOCK;
    }
    this.#leave(context, role, checks);
    return this.#settle(handle, gfpClass, sizeBytes, context);
  }

  /** Goes on where `track` met WOULD_BLOCK: a slot, NONE or FAIL_CALLER. */
  *trackSlowly(gfpClass: number, sizeBytes: number, context: TaskContext): SlowPath {
    const row = this.#pendingRow;
    const role = this.#pendingRole;
    const checks = this.#pendingChecks;
    let attempt = this.#pendingAttempt;
    let handle = WOULD_BLOCK;
    while (handle === WOULD_BLOCK) {
      const flags = this.#masks.flags(row, attempt);
      handle = yield* this.#parts.cache.allocateSlowly(flags, context);
      if (handle !== NONE) break;
      handle = this.#tryFrom(row, attempt + 1, context);
      attempt = this.#pendingAttempt;
    }
    this.#leave(context, role, checks);
    return this.#settle(handle, gfpClass, sizeBytes, context);
  }

  /** Bytes of the tracked object behind this metadata. */
  sizeOf(slot: number): number {
    return this.#objects.sizeOf(slot);
  }

  /** A tracked object is freed; its metadata returns after a grace period. */
  untrack(slot: number): void {
    if (this.#freesFollowed) this.#graces.queue(slot);
  }

  /** The detector switches itself off, once and for all. */
  disable(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#events.onMoment('death');
    this.#events.startCleanUp();
  }

  /** The worker's part of `disable`: unless a leak was reported, all metadata is freed. */
  cleanUp(): void {
    if (!this.#freesFollowed) return;
    this.#freesFollowed = false;
    if (this.foundLeaks) return;
    for (let slot = 0; slot < this.#objects.slots; slot++) {
      if (this.#objects.isTracked(slot)) this.#graces.queue(slot);
    }
  }

  /** A grace period is over: what it kept back returns; `context` says on which CPU. */
  gracePeriodEnded(context: TaskContext): void {
    let slot = this.#graces.ended();
    while (slot >= 0) {
      const next = this.#objects.nextOf(slot);
      this.#giveBack(slot, context);
      slot = next;
    }
  }

  readings(): KmemleakReadings {
    return this.#counts.readings({
      alive: this.#alive,
      liveMax: this.#objects.heldMax,
      live: this.#objects.held,
      objectSize: this.#parts.kernel.kmemleak.objectSize,
      poolFree: this.#pool?.free ?? 0,
      depot: this.#parts.depot?.counts ?? { requests: 0, failures: 0, traceless: 0 },
    });
  }

  #enter(context: TaskContext): void {
    context.role = ROLE_METADATA;
    context.faultChecks = 0;
    if (this.#taskScope) context.noFaultDepth += 1;
    if (this.#globalScope) this.#parts.exemptions.globalDepth += 1;
  }

  #leave(context: TaskContext, role: number, checks: number): void {
    context.role = role;
    context.faultChecks = checks;
    if (this.#taskScope) context.noFaultDepth -= 1;
    if (this.#globalScope) this.#parts.exemptions.globalDepth -= 1;
  }

  #tryFrom(row: number, first: number, context: TaskContext): number {
    const tries = this.#masks.tries(row);
    for (let attempt = first; attempt < tries; attempt++) {
      const handle = this.#parts.cache.allocate(this.#masks.flags(row, attempt), context);
      if (handle === WOULD_BLOCK) this.#pendingAttempt = attempt;
      if (handle !== NONE) return handle;
    }
    return NONE;
  }

  /** The slab cache has answered: fill the object in, or see what the failure leads to. */
  #settle(handle: number, gfpClass: number, sizeBytes: number, context: TaskContext): number {
    let kind = HOME_SLAB;
    let home = handle;
    if (handle === NONE) {
      this.#counts.failure(gfpClass);
      if (this.#counts.failures === 1) this.#events.onMoment('first-metadata-failure');
      kind = this.#variant.bound === 'never-fails' ? HOME_NOWHERE : HOME_NONE;
      if (this.#pool !== null) {
        home = this.#pool.take();
        if (home !== POOL_EMPTY) kind = this.#fromPool(gfpClass);
        else this.#counts.poolEmptyNotices = 1;
      }
      if (kind === HOME_NONE) return this.#giveUp();
      if (kind === HOME_NOWHERE) this.#counts.conjured += 1;
    }
    const slot = this.#objects.add(kind, home, sizeBytes);
    context.spentNs += this.#parts.insertNs;
    this.#parts.depot?.save(gfpClass + 1, context);
    return slot;
  }

  #fromPool(gfpClass: number): number {
    this.#counts.poolUse(gfpClass);
    if (this.#counts.fromPool === 1) this.#events.onMoment('first-pool-use');
    return this.#pool?.takenKind ?? HOME_POOL;
  }

  #giveUp(): number {
    if (this.#variant.onFailure === 'fail-caller') return FAIL_CALLER;
    this.#counts.untracked += 1;
    if (this.#variant.onFailure === 'disable') this.disable();
    return NONE;
  }

  #giveBack(slot: number, context: TaskContext): void {
    const kind = this.#objects.kindOf(slot);
    const home = this.#objects.homeOf(slot);
    this.#objects.remove(slot);
    if (this.#pool?.give(kind, home) === true) return;
    if (kind === HOME_SLAB) this.#parts.cache.free(home, context);
  }
}
