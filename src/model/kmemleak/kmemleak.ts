import type { Gfp } from '../../kernel/kernel-profile.ts';
import type { FaultScope } from '../fault/fault-scope.ts';
import type { SlowPath } from '../page-source.ts';
import { NONE, WOULD_BLOCK } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { ROLE_AREA, ROLE_METADATA } from '../sched/task-context.ts';
import { KMALLOC_CACHE_SIZE_MAX } from '../slab/kmalloc-classes.ts';
import { L1 } from '../warnings.ts';
import { buildSupplies, type Supplies } from './build-supplies.ts';
import { KmemleakFile } from './early-boot.ts';
import { GracePeriods } from './grace-periods.ts';
import type { KmemleakReadings } from './kmemleak-counts.ts';
import { KmemleakCounts } from './kmemleak-counts.ts';
import type { KmemleakEvents, KmemleakParts } from './kmemleak-parts.ts';
import type { MaskTable } from './mask-table.ts';
import { FROM_SLAB, NOTHING, type ObjectSupply } from './object-supply.ts';
import { HOME_NOWHERE, MetadataObjects } from './objects.ts';
import type { KmemleakVariant } from './variant.ts';

export type { KmemleakEvents, KmemleakMoment, KmemleakParts } from './kmemleak-parts.ts';
export type { MetadataCache } from './object-supply.ts';

/** `track` says: free the caller's object and report its request as failed. */
export const FAIL_CALLER = -3;

/**
 * kmemleak's metadata: one object for each tracked allocation, and what happens without it.
 *
 *   track ─► tries by mask ─► slab cache ─► reserve ─► failure: disable | untracked | fail caller
 *   untrack ─► grace period ─► back to slab or reserve
 *   disable ─► nothing new ─► clean-up: all objects freed, a grace period later returned
 *
 * **Models:** mm/kmemleak.c, create_object, add_scan_area, delete_object_full, put_object,
 * kmemleak_disable and kmemleak_do_cleanup, 4.17 to 6.12; for `embedded` the proposal of 2018.
 * **Departs:** the clean-up frees in the order of slots; the overlap check cannot fail; embedded
 * metadata goes with its object, not a grace period later.
 */
export class Kmemleak {
  /** /sys/kernel/debug/kmemleak. */
  readonly file: KmemleakFile;
  readonly #parts: KmemleakParts;
  readonly #events: KmemleakEvents;
  readonly #variant: KmemleakVariant;
  readonly #masks: MaskTable;
  readonly #supply: ObjectSupply;
  readonly #areas: ObjectSupply | null;
  readonly #earlyExceeded: number | null;
  readonly #objects = new MetadataObjects();
  readonly #graces: GracePeriods;
  readonly #counts: KmemleakCounts;
  readonly #scope: FaultScope | null;
  readonly #embedded: boolean;
  #alive: boolean;
  /** A leak was reported: metadata stays for its readers when the detector is switched off. */
  foundLeaks = false;
  /** Frees are followed until the clean-up. */
  #freesFollowed = true;
  /** What the `…Slowly` call takes over from the plain call just before it. */
  #pendingRole = 0;
  #pendingChecks = 0;

  constructor(parts: KmemleakParts, events: KmemleakEvents) {
    const { config } = parts;
    const supplies: Supplies = buildSupplies(parts);
    this.#parts = parts;
    this.#events = events;
    this.#variant = config.variant;
    this.#scope = parts.scope;
    this.#embedded = config.variant.embedded === true;
    this.#masks = supplies.masks;
    this.#supply = supplies.objects;
    this.#areas = supplies.areas;
    this.#earlyExceeded = supplies.early?.exceeded ?? null;
    this.#alive = config.enabled && supplies.early?.survived !== false;
    const startGrace = () => events.startGracePeriod(config.gracePeriodNs);
    this.#graces = new GracePeriods(this.#objects, startGrace);
    this.#counts = new KmemleakCounts(parts.callers.length);
    this.file = new KmemleakFile(this, parts.kernel);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Before the load starts: the reserve is filled where the slab cache has to do it. */
  fillReserves(context: TaskContext): void {
    if (!this.#alive) return;
    this.#supply.fill(context);
    this.#areas?.fill(context);
  }

  /** The life of the thread that gathers the reserve; null: there is none. */
  reserveThread(context: TaskContext): SlowPath | null {
    if (this.#variant.reserve?.filledBy !== 'thread' || !this.#alive) return null;
    return this.#supply.gather(context, () => this.#alive);
  }

  /** The scan thread is about to scan: it fills the reserve up, where that is its task. */
  fillAtScan(context: TaskContext): SlowPath | null {
    return this.#variant.reserve?.filledAtScan === true ? this.#supply.fillUp(context) : null;
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
    const row = this.#masks.row(callerGfp, gfpClass, context.mustNotSleep);
    if (this.#masks.tries(row) === 0) {
      this.#counts.untracked += 1;
      return NONE;
    }
    this.#counts.attempt(gfpClass);
    if (this.#embedded && sizeBytes <= KMALLOC_CACHE_SIZE_MAX) {
      return this.#insert(HOME_NOWHERE, NONE, gfpClass, sizeBytes, context);
    }
    const role = context.role;
    const checks = context.faultChecks;
    this.#enter(context, ROLE_METADATA, row);
    const answer = this.#supply.take(row, context);
    if (answer === WOULD_BLOCK) {
      this.#pendingRole = role;
      this.#pendingChecks = checks;
      return WOULD_BLOCK;
    }
    this.#leave(context, role, checks);
    return this.#settle(answer, gfpClass, sizeBytes, context);
  }

  /** Goes on where `track` met WOULD_BLOCK: a slot, NONE or FAIL_CALLER. */
  *trackSlowly(gfpClass: number, sizeBytes: number, context: TaskContext): SlowPath {
    const role = this.#pendingRole;
    const checks = this.#pendingChecks;
    const answer = yield* this.#supply.takeSlowly(context);
    this.#leave(context, role, checks);
    return this.#settle(answer, gfpClass, sizeBytes, context);
  }

  /**
   * Only a part of a tracked object is to be scanned: `slot`, or WOULD_BLOCK, and then
   * `addScanAreaSlowly` must be the very next call. Without an area the object is scanned whole.
   */
  addScanArea(slot: number, callerGfp: Gfp, context: TaskContext): number {
    const areas = this.#areas!;
    if (!this.#alive) return slot;
    const row = this.#masks.row(callerGfp, context.gfpClass, context.mustNotSleep);
    const role = context.role;
    const checks = context.faultChecks;
    this.#counts.areaAttempts += 1;
    this.#enter(context, ROLE_AREA, row);
    const answer = areas.take(row, context);
    if (answer === WOULD_BLOCK) {
      this.#pendingRole = role;
      this.#pendingChecks = checks;
      return WOULD_BLOCK;
    }
    this.#leave(context, role, checks);
    return this.#settleArea(answer, slot, context);
  }

  *addScanAreaSlowly(slot: number, context: TaskContext): SlowPath {
    const role = this.#pendingRole;
    const checks = this.#pendingChecks;
    const answer = yield* this.#areas!.takeSlowly(context);
    this.#leave(context, role, checks);
    return this.#settleArea(answer, slot, context);
  }

  /** Kernels with the static pool remember that an object lost an area: OBJECT_FULL_SCAN. */
  isFullScan(slot: number): boolean {
    return this.#objects.isFullScan(slot);
  }

  hasScanArea(slot: number): boolean {
    return this.#objects.hasArea(slot);
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

  /** "clear" was written: what a dead detector still keeps for its readers is freed. */
  clear(): void {
    if (!this.#alive && !this.#freesFollowed) this.#freeAll();
  }

  /** The worker's part of `disable`: unless a leak was reported, all metadata is freed. */
  cleanUp(): void {
    if (!this.#freesFollowed) return;
    this.#freesFollowed = false;
    if (!this.foundLeaks) this.#freeAll();
  }

  #freeAll(): void {
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
      poolFree: this.#supply.reserveFree,
      poolFreeMin: this.#supply.reserveFreeMin,
      waits: this.#supply.waits,
      brokenScopes: this.#scope?.readings().brokenScopes ?? 0,
      earlyExceeded: this.#earlyExceeded,
      depot: this.#parts.depot?.counts ?? { requests: 0, failures: 0, traceless: 0 },
    });
  }

  /** A request of kmemleak's own begins, with the flags of this row. */
  #enter(context: TaskContext, role: number, row: number): void {
    if (this.#masks.losesNolockdep(row)) this.#parts.warnings.raise(L1);
    context.role = role;
    context.faultChecks = 0;
    this.#scope?.enter(context);
  }

  #leave(context: TaskContext, role: number, checks: number): void {
    context.role = role;
    context.faultChecks = checks;
    this.#scope?.leave(context);
  }

  /** The supply has answered: fill the object in, or see what the failure leads to. */
  #settle(answer: number, gfpClass: number, sizeBytes: number, context: TaskContext): number {
    const { kind, home } = this.#supply;
    if (answer === FROM_SLAB) return this.#insert(kind, home, gfpClass, sizeBytes, context);
    this.#counts.failure(gfpClass);
    if (this.#counts.failures === 1) this.#events.onMoment('first-metadata-failure');
    if (answer !== NOTHING) {
      this.#counts.poolUse(gfpClass);
      if (this.#counts.fromPool === 1) this.#events.onMoment('first-pool-use');
      return this.#insert(kind, home, gfpClass, sizeBytes, context);
    }
    if (this.#supply.hasReserve) this.#counts.poolEmptyNotices = 1;
    if (this.#variant.bound !== 'never-fails') return this.#giveUp();
    this.#counts.conjured += 1;
    return this.#insert(HOME_NOWHERE, NONE, gfpClass, sizeBytes, context);
  }

  #insert(kind: number, home: number, gfpClass: number, sizeBytes: number, context: TaskContext) {
    const slot = this.#objects.add(kind, home, sizeBytes);
    context.spentNs += this.#parts.insertNs;
    this.#parts.depot?.save(gfpClass + 1, context);
    return slot;
  }

  #settleArea(answer: number, slot: number, context: TaskContext): number {
    const { kind, home } = this.#areas!;
    if (answer === NOTHING) {
      this.#counts.areaFailures += 1;
      if (this.#parts.kernel.kmemleak.poolSize > 0) this.#objects.setFullScan(slot);
    } else if (this.#objects.isTracked(slot)) this.#objects.setArea(slot, kind, home);
    // The detector died while this area was waited for, and the object is gone.
    else this.#areas!.give(kind, home, context);
    return slot;
  }

  #giveUp(): number {
    const { onFailure } = this.#variant;
    if (onFailure === 'fail-caller') return FAIL_CALLER;
    this.#counts.untracked += 1;
    if (onFailure !== 'leave-untracked') this.disable();
    return NONE;
  }

  #giveBack(slot: number, context: TaskContext): void {
    const kind = this.#objects.kindOf(slot);
    const home = this.#objects.homeOf(slot);
    if (this.#objects.hasArea(slot)) {
      this.#areas!.give(this.#objects.areaKindOf(slot), this.#objects.areaHomeOf(slot), context);
    }
    this.#objects.remove(slot);
    this.#supply.give(kind, home, context);
  }
}
