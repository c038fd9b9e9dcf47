/** On whose behalf an allocation is made: counters and fault coins are split by it. */
export const ROLE_HOST = 0;
export const ROLE_METADATA = 1;
export const ROLE_DEPOT = 2;
export const ROLE_OTHER = 3;
/** kmemleak's scan areas; ROLE_METADATA is its objects. */
export const ROLE_AREA = 4;
export const ROLES = 5;

/** Made by kmemleak for itself, and meant by whoever spares its requests from faults. */
export function isDebugRole(role: number): boolean {
  return role === ROLE_METADATA || role === ROLE_AREA || role === ROLE_DEPOT;
}

/** Who sleeps in a context: known to the scheduler alone. */
export interface Sleeper {
  /** Ends the sleep in hand; nothing happens to one that does not sleep. */
  wake(): void;
  /** An interrupt takes so much time from it, if it runs. */
  interrupt(ns: number): void;
}

/**
 * Who is allocating right now: what the kernel reads from `current`, the preempt count and the
 * per-task fault fields. One object a task, reused for every allocation.
 */
export class TaskContext {
  cpu = 0;
  /** PF_MEMALLOC. */
  memalloc = false;
  /** PF_MEMALLOC_NOIO, PF_MEMALLOC_NOFS. */
  memallocNoio = false;
  memallocNofs = false;
  /** A real-time (6.12: or deadline) task. */
  realtime = false;
  /** Its thread group was chosen by the OOM killer. */
  oomVictim = false;
  inHardirq = false;
  inSoftirq = false;
  interruptsOff = false;
  /** A spinlock is held, and the kernel counts preemption: it can be seen. */
  preemptOff = false;
  /** /proc/<pid>/make-it-fail, and fail-nth's countdown (0: off). */
  makeItFail = false;
  failNth = 0;
  /** Depth of the scope in which this task's requests are spared (the per-task knob). */
  noFaultDepth = 0;
  role = ROLE_HOST;
  /** Number of the tracked allocation in hand, from 1: the key of its fault coins. */
  allocationIndex = 0;
  /** Fault checks so far in this allocation and role: the second part of the key. */
  faultChecks = 0;
  /** Class of the caller's gfp, an index into the operation source's classes. */
  gfpClass = 0;
  /** Which of SLUB's two attempts at a new slab had to wait for its pages: 1 or 2. */
  slabAttempt = 0;
  /** Nanoseconds of work done in the operation in hand: added up by every part it passes. */
  spentNs = 0;

  /** PF_KTHREAD: it has no memory of its own, and nobody throttles or kills it. */
  isKthread = false;
  /** It goes round in a request that only somebody else can end. */
  inEndlessLoop = false;
  /** SIGKILL is pending: the task ends where it next looks. */
  fatalSignal = false;
  /** How long the sleep in hand may last, ns; infinite: until woken. */
  sleepNs = 0;
  /** A fatal signal ends the sleep in hand. */
  killable = false;
  /** null: nobody who could sleep, such as an interrupt. */
  sleeper: Sleeper | null = null;

  /** Sleeping here is a bug that shows: interrupts are off, or this is one, or a lock is held. */
  get mustNotSleep(): boolean {
    return this.interruptsOff || this.preemptOff || this.inHardirq || this.inSoftirq;
  }

  get inInterrupt(): boolean {
    return this.inHardirq || this.inSoftirq;
  }
}
