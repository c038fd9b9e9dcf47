import { KeyedDice } from '../../../src/engine/keyed-dice.ts';
import { RandomStreams } from '../../../src/engine/random-streams.ts';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import { Failslab } from '../../../src/model/fault/failslab.ts';
import type { FaultSpec } from '../../../src/model/fault/fault-attr.ts';
import { FAULT_DEFAULTS } from '../../../src/model/fault/fault-attr.ts';
import { FaultExemptions } from '../../../src/model/fault/fault-exemptions.ts';
import type { NewFlagOverride } from '../../../src/model/fault/new-flag.ts';
import { gfpAllowedMask } from '../../../src/model/fault/new-flag.ts';
import { buildScope } from '../../../src/model/kmemleak/build-scope.ts';
import type { KmemleakMoment } from '../../../src/model/kmemleak/kmemleak.ts';
import { FAIL_CALLER, Kmemleak } from '../../../src/model/kmemleak/kmemleak.ts';
import type { KmemleakVariant } from '../../../src/model/kmemleak/variant.ts';
import { newFlagOf } from '../../../src/model/kmemleak/variant.ts';
import type { OperationSource, TaskView } from '../../../src/model/operation.ts';
import { OP_ALLOCATE, OP_END, Operation } from '../../../src/model/operation.ts';
import type { SlowPath } from '../../../src/model/page-source.ts';
import { NONE } from '../../../src/model/page-source.ts';
import { ROLE_HOST, TaskContext } from '../../../src/model/sched/task-context.ts';
import { Warnings } from '../../../src/model/warnings.ts';

export interface TinySetting {
  readonly kernel: KernelProfile;
  readonly variant: KmemleakVariant;
  readonly fault?: Partial<FaultSpec>;
  readonly seed?: number;
  readonly poolFree?: number;
  readonly newFlag?: NewFlagOverride;
  /** gfp of the callers' classes; a source brings its own. */
  readonly callers?: readonly number[];
  readonly hostObjectSize?: number;
}

/**
 * failslab and kmemleak over a slab layer that never fails by itself: what injection alone does.
 * One task; a grace period ends where the test says so.
 */
export class TinyMachine {
  readonly context = new TaskContext();
  readonly failslab: Failslab;
  readonly kmemleak: Kmemleak;
  readonly moments: [KmemleakMoment, number][] = [];
  /** Index of the host request in hand at kmemleak's death; 0: alive. */
  deathIndex = 0;
  attempts = 0;
  failures = 0;
  tracked = 0;
  readonly classAttempts: number[] = [];
  readonly classFailures: number[] = [];
  readonly freedHandles: number[] = [];
  gracePeriods = 0;
  readonly #allowedMask: number;
  readonly #hostCache: HostCache;
  #handles = 0;

  constructor(setting: TinySetting, callers: readonly number[] = setting.callers ?? []) {
    const { kernel, variant } = setting;
    const newFlag = newFlagOf(variant, kernel, setting.newFlag);
    this.#allowedMask = gfpAllowedMask(kernel, newFlag);
    const scope = buildScope(variant.injection, {
      cpus: 1,
      nowNs: () => 0,
      currentOn: () => this.context,
    });
    const spares = variant.injection === 'cache-flag';
    const exemptions = new FaultExemptions(newFlag?.value ?? 0, spares, scope);
    const fault = { ...FAULT_DEFAULTS, ...setting.fault };
    const streams = new RandomStreams(String(setting.seed ?? 1), 0);
    const dice = new KeyedDice(streams, 'failslab');
    const classes = callers.length;
    this.failslab = new Failslab(fault.failslab, { kernel, exemptions, dice, classes });
    this.#hostCache = { ...CACHE, objectSize: setting.hostObjectSize ?? 256 };
    this.kmemleak = new Kmemleak(
      {
        kernel,
        config: {
          enabled: true,
          variant,
          poolFree: setting.poolFree ?? 16000,
          gracePeriodNs: 4_000_000,
          stackDepotEnabled: false,
          ...(setting.newFlag === undefined ? {} : { newFlag: setting.newFlag }),
        },
        faultInjection: true,
        warnings: new Warnings(),
        cpus: 1,
        scope,
        callers,
        cache: this.#metadataCache(kernel.kmemleak.objectSize),
        areaCache: null,
        depot: null,
        insertNs: 1,
      },
      {
        onMoment: (moment) => {
          this.moments.push([moment, this.attempts]);
          if (moment === 'death') this.deathIndex = this.attempts;
        },
        startGracePeriod: () => {
          this.gracePeriods += 1;
        },
        startCleanUp: () => {},
      },
    );
  }

  /** One request of a class: the metadata's slot, NONE if untracked, or null if refused. */
  request(gfp: number, gfpClass = 0, sizeBytes = 256): number | null {
    const { context } = this;
    this.attempts += 1;
    this.classAttempts[gfpClass] = (this.classAttempts[gfpClass] ?? 0) + 1;
    context.allocationIndex = this.attempts;
    context.faultChecks = 0;
    context.role = ROLE_HOST;
    context.gfpClass = gfpClass;
    const refused = this.failslab.shouldFail(this.#hostCache, gfp & this.#allowedMask, context);
    const slot = refused ? FAIL_CALLER : this.kmemleak.track(gfp, gfpClass, sizeBytes, context);
    if (slot === FAIL_CALLER) {
      this.failures += 1;
      this.classFailures[gfpClass] = (this.classFailures[gfpClass] ?? 0) + 1;
      return null;
    }
    if (slot >= 0) this.tracked += 1;
    return slot;
  }

  /** Runs a load to its end; live objects keep their slots as the machine would. */
  run(source: OperationSource, requestLimit = Number.POSITIVE_INFINITY): this {
    const held = new Map<number, number>();
    const machine = this;
    const task: TaskView = {
      isLive: (slot) => held.has(slot),
      get failures() {
        return machine.failures;
      },
      get attempts() {
        return machine.attempts;
      },
      freePages: () => 0,
    };
    const operation = new Operation();
    while (this.attempts < requestLimit) {
      source.next(operation, task);
      if (operation.kind === OP_END) break;
      if (operation.kind === OP_ALLOCATE) {
        const { gfpClass, sizeBytes } = operation;
        const slot = this.request(source.classes[gfpClass]!.gfp, gfpClass, sizeBytes);
        if (slot !== null && operation.slot >= 0) held.set(operation.slot, slot);
        continue;
      }
      const slot = held.get(operation.slot);
      held.delete(operation.slot);
      if (slot !== undefined && slot >= 0) this.kmemleak.untrack(slot);
      if (this.gracePeriods > 0) this.endGracePeriod();
    }
    return this;
  }

  endGracePeriod(): void {
    this.gracePeriods -= 1;
    this.kmemleak.gracePeriodEnded(this.context);
  }

  #metadataCache(objectSize: number) {
    const cache = { ...CACHE, objectSize, noLeakTrace: true };
    return {
      allocate: (gfp: number, context: TaskContext) => {
        const refused = this.failslab.shouldFail(cache, gfp & this.#allowedMask, context);
        return refused ? NONE : this.#handles++;
      },
      *allocateSlowly(): SlowPath {
        yield 0;
        return NONE;
      },
      free: (handle: number) => {
        this.freedHandles.push(handle);
      },
    };
  }
}

type HostCache = typeof CACHE;
const CACHE = {
  objectSize: 256,
  isBootstrap: false,
  failslabMarked: false,
  noLeakTrace: false,
};
