import type { ScanConfig } from '../machine-config.ts';
import { NONE, type SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { Timers } from '../timers.ts';
import { napFor } from '../wait-queue.ts';
import { ScanObjects } from './scan-objects.ts';

/** MSECS_MIN_AGE: younger objects are not reported. */
const MIN_AGE_NS = 5e9;
/** MAX_SCAN_SIZE: so many bytes are read between two cond_resched(). */
const PIECE_BYTES = 4096;
const WORD_BYTES = 8;

/** What a scan reads besides the objects, bytes, at the moment it starts. */
export interface ScannedMemory {
  /** Page structures in use, task stacks, objects of boot. */
  rootBytes(): number;
}

/** The detector behind the scan. */
export interface ScannedDetector {
  readonly alive: boolean;
  /** A leak was reported: metadata outlives the detector. */
  foundLeaks: boolean;
}

export interface ScanParts {
  readonly config: ScanConfig;
  readonly detector: ScannedDetector;
  readonly memory: ScannedMemory;
  /** What the thread does for kmemleak's reserve before it scans; null: nothing. */
  fillReserve?(context: TaskContext): SlowPath | null;
  readonly timers: Timers;
  /** Checksum of an object that no scan has seen. */
  readonly firstChecksum: number;
  readonly wordNs: number;
  readonly checksumByteNs: number;
}

/** Everything that can be read from the scans of a run. */
export interface ScanReadings {
  readonly scans: number;
  readonly reported: number;
  readonly falsePositives: number;
}

/**
 * kmemleak's thread, and what it finds.
 *
 *   roots ─► objects with enough pointers: gray, read in turn ─► the rest: white
 *   white, checksum changed since the last scan ─► gray for this time
 *   white, old enough, not reported before ─► reported: a leak, or a false alarm
 *
 * **Models:** mm/kmemleak.c, kmemleak_scan_thread, kmemleak_scan, scan_gray_list,
 * update_checksum, 4.17 to 6.12. **Departs:** pointers that look like one but are none do not
 * exist, nor do stale ones on stacks; objects that the kernel's own nested requests made are
 * never white; nice +10 is not modelled; data, bss and per-CPU sections cost nothing.
 */
export class LeakScan {
  readonly objects = new ScanObjects();
  #scans = 0;
  #reported = 0;
  #falsePositives = 0;
  readonly #parts: ScanParts;
  readonly #sizeOf: (slot: number) => number;
  readonly #queue: number[] = [];

  constructor(parts: ScanParts, sizeOf: (slot: number) => number) {
    this.#parts = parts;
    this.#sizeOf = sizeOf;
  }

  /** A caller's object has metadata in this slot, and somebody points to it. */
  tracked(slot: number, isZeroed: boolean): void {
    this.objects.add(slot, this.#parts.timers.nowNs, { isZeroed, minCount: 1 });
  }

  freed(slot: number): void {
    this.objects.remove(slot);
  }

  /** The last pointer to an object is lost; NONE: to one that is not tracked. */
  lost(slot: number): void {
    if (slot !== NONE) this.objects.leak(slot);
  }

  /**
   * The only pointer to an object moves from its root into a newer one, as in a list that grows
   * at its head. NONE: the newer one is not tracked, so that nobody reads the pointer.
   */
  linked(newer: number, older: number): void {
    if (older === NONE) return;
    this.objects.addRoot(older, -1);
    if (newer !== NONE) this.objects.setHeld(newer, older);
  }

  /** The thread's whole life. */
  *run(context: TaskContext): SlowPath {
    const { firstNs, periodNs } = this.#parts.config;
    yield* napFor(context, firstNs);
    while (this.#parts.detector.alive) {
      const filling = this.#parts.fillReserve?.(context) ?? null;
      if (filling !== null) yield* filling;
      yield* this.scan();
      yield* napFor(context, periodNs);
    }
    return NONE;
  }

  /** One scan; it reports nothing when the detector dies meanwhile. */
  *scan(): SlowPath {
    const { detector, memory, timers } = this.#parts;
    const startNs = timers.nowNs;
    this.#scans++;
    const { objects } = this;
    for (let slot = 0; slot < objects.slots; slot++) objects.resetCount(slot);
    yield* this.#read(memory.rootBytes());
    for (let slot = 0; slot < objects.slots; slot++) {
      if (objects.isLive(slot) && objects.isGray(slot)) this.#queue.push(slot);
    }
    yield* this.#readGray();
    yield* this.#compareChecksums();
    yield* this.#readGray();
    if (detector.alive) this.#report(startNs);
    return NONE;
  }

  readings(): ScanReadings {
    return {
      scans: this.#scans,
      reported: this.#reported,
      falsePositives: this.#falsePositives,
    };
  }

  /** scan_gray_list(): what a gray object points to may become gray in its turn. */
  *#readGray(): SlowPath {
    let bytes = 0;
    for (let slot = this.#queue.pop(); slot !== undefined; slot = this.#queue.pop()) {
      if (!this.#parts.detector.alive) continue;
      bytes += this.#sizeOf(slot);
      const held = this.objects.heldBy(slot);
      if (held !== NONE && this.objects.isLive(held) && this.objects.countPointer(held)) {
        this.#queue.push(held);
      }
      if (bytes < PIECE_BYTES) continue;
      yield* this.#read(bytes);
      bytes = 0;
    }
    return yield* this.#read(bytes);
  }

  *#compareChecksums(): SlowPath {
    const { detector, firstChecksum, checksumByteNs } = this.#parts;
    const { objects } = this;
    let bytes = 0;
    for (let slot = 0; slot < objects.slots && detector.alive; slot++) {
      if (!objects.isLive(slot) || !objects.isWhite(slot)) continue;
      bytes += this.#sizeOf(slot);
      if (objects.checksumChanged(slot, firstChecksum)) {
        objects.paintGray(slot);
        this.#queue.push(slot);
      }
      if (bytes < PIECE_BYTES) continue;
      yield bytes * checksumByteNs;
      bytes = 0;
    }
    yield bytes * checksumByteNs;
    return NONE;
  }

  #report(startNs: number): void {
    const { objects } = this;
    for (let slot = 0; slot < objects.slots; slot++) {
      if (!objects.isLive(slot) || !objects.isWhite(slot)) continue;
      if (objects.createdNs(slot) + MIN_AGE_NS > startNs || !objects.report(slot)) continue;
      this.#parts.detector.foundLeaks = true;
      if (objects.isLeaked(slot)) this.#reported++;
      else this.#falsePositives++;
    }
  }

  /** Reads memory word by word, giving way to others after each piece. */
  *#read(bytes: number): SlowPath {
    const { wordNs, detector } = this.#parts;
    for (let left = bytes; left > 0 && detector.alive; left -= PIECE_BYTES) {
      yield Math.ceil(Math.min(left, PIECE_BYTES) / WORD_BYTES) * wordNs;
    }
    return NONE;
  }
}
