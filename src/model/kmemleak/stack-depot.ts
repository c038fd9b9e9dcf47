import type { KmemleakFacts } from '../../kernel/kernel-profile.ts';
import type { PageSource } from '../page-source.ts';
import { NONE } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { ROLE_DEPOT } from '../sched/task-context.ts';

const PAGE_BYTES = 4096;
/** One stored trace: a header of 24 bytes and 16 return addresses, aligned to 16. */
const TRACE_BYTES = 160;

/**
 * Where kernels with handles instead of inline traces keep them: one copy a distinct trace.
 *
 *   pool (order 2)  [ trace | trace | … | #used → free ]   one more pool is kept ready ahead
 *
 * A new trace asks for a pool only while none is ready. The request is never repeated with more
 * effort; when it fails and the pool in use is full, the object stays without a trace.
 *
 * **Models:** lib/stackdepot.c as called from mm/kmemleak.c, 6.1.192 and 6.12: constant flags
 * whatever the caller's, so it can be injected and dips no deeper than GFP_NOWAIT.
 * **Departs:** every trace has the largest size; a caller's class stands for its call site; a
 * fresh boot is assumed, with a pool in use and one ready.
 */
export class StackDepot {
  readonly #order: number;
  readonly #gfp: number;
  readonly #pages: PageSource;
  readonly #poolBytes: number;
  /** Traces that are stored, by their number. */
  readonly #known: Uint8Array;
  #used = 0;
  #nextReady = true;
  #requests = 0;
  #failures = 0;
  #traceless = 0;

  /** `traces`: how many distinct ones the load has. */
  constructor(facts: NonNullable<KmemleakFacts['stackDepot']>, pages: PageSource, traces: number) {
    this.#order = facts.order;
    this.#gfp = facts.gfp;
    this.#pages = pages;
    this.#poolBytes = PAGE_BYTES << facts.order;
    this.#known = new Uint8Array(traces);
  }

  /** Page requests, those that failed, and objects left without a trace. */
  get counts(): {
    readonly requests: number;
    readonly failures: number;
    readonly traceless: number;
  } {
    return { requests: this.#requests, failures: this.#failures, traceless: this.#traceless };
  }

  /** Whether the trace is stored now. */
  save(trace: number, context: TaskContext): boolean {
    if (this.#known[trace] === 1) return true;
    if (!this.#nextReady) this.#nextReady = this.#askForPool(context);
    if (this.#used + TRACE_BYTES > this.#poolBytes) {
      if (!this.#nextReady) {
        this.#traceless += 1;
        return false;
      }
      this.#used = 0;
      this.#nextReady = false;
    }
    this.#used += TRACE_BYTES;
    this.#known[trace] = 1;
    return true;
  }

  #askForPool(context: TaskContext): boolean {
    const role = context.role;
    const checks = context.faultChecks;
    context.role = ROLE_DEPOT;
    context.faultChecks = 0;
    const pfn = this.#pages.allocate(this.#order, this.#gfp, context);
    context.role = role;
    context.faultChecks = checks;
    this.#requests += 1;
    if (pfn !== NONE) return true;
    this.#failures += 1;
    return false;
  }
}
