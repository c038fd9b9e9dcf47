import type { KernelProfile } from '../../kernel/kernel-profile.ts';

/** What happened before kmemleak's slab cache existed. */
export interface EarlyBootConfig {
  /** Allocations that were to be tracked by then. */
  readonly operations: number;
  /** CONFIG_DEBUG_KMEMLEAK_EARLY_LOG_SIZE; absent: its default. */
  readonly logEntries?: number;
}

const EARLY_LOG_DEFAULT = 400;

/**
 * kmemleak before its slab cache exists.
 *
 *   operation ─► room in the early log, or a free entry of the static pool: remembered
 *            └─► none left: kmemleak is off for good, and what follows is only counted
 *
 * **Models:** mm/kmemleak.c, log_early and kmemleak_init (up to 5.3), mem_pool_alloc without an
 * object cache (5.4 on); 4.17 to 6.12.
 * **Departs:** every operation is an allocation, and none of them is freed that early.
 */
export class EarlyBoot {
  survived = true;
  readonly #entries: number;
  readonly #isLog: boolean;
  #operations = 0;

  /** `poolEntries`: of the static pool that takes the early log's place; null: there is none. */
  constructor(poolEntries: number | null, logEntries = EARLY_LOG_DEFAULT) {
    this.#isLog = poolEntries === null;
    this.#entries = poolEntries ?? logEntries;
  }

  record(): void {
    this.#operations += 1;
    if (this.#operations > this.#entries) this.survived = false;
  }

  /** Entries that are left for the time after boot. */
  get free(): number {
    return Math.max(0, this.#entries - this.#operations);
  }

  /** What init says of a log that was too small: all operations; null: it says nothing. */
  get exceeded(): number | null {
    return this.#isLog && !this.survived ? this.#operations : null;
  }
}

/** What a write to the debugfs file answers. */
export type WriteAnswer = 'ok' | 'ENOENT' | 'EBUSY' | 'EPERM' | 'EINVAL';

const COMMANDS = /^(clear|off|stack=(on|off)|scan(=(on|off|\d+))?|dump=.+)$/;

/** What the file asks of kmemleak. */
export interface FileOwner {
  readonly alive: boolean;
  /** "off" was written. */
  disable(): void;
  /** "clear" was written. */
  clear(): void;
}

/**
 * /sys/kernel/debug/kmemleak.
 *
 * **Models:** kmemleak_late_init and kmemleak_write, 4.17 to 6.12: kernels with the static pool
 * make the file whatever happened before, and refuse with EPERM where older ones say EBUSY.
 * **Departs:** a scan that is asked for is not made here; see LeakScan.
 */
export class KmemleakFile {
  readonly isPresent: boolean;
  readonly #refusal: WriteAnswer;
  readonly #owner: FileOwner;

  constructor(owner: FileOwner, kernel: KernelProfile) {
    const hasPool = kernel.kmemleak.poolSize > 0;
    this.#owner = owner;
    this.isPresent = hasPool || owner.alive;
    this.#refusal = hasPool ? 'EPERM' : 'EBUSY';
  }

  write(command: string): WriteAnswer {
    if (!this.isPresent) return 'ENOENT';
    if (command === 'clear') {
      this.#owner.clear();
      return 'ok';
    }
    if (!this.#owner.alive) return this.#refusal;
    if (command === 'off') this.#owner.disable();
    return COMMANDS.test(command) ? 'ok' : 'EINVAL';
  }
}
