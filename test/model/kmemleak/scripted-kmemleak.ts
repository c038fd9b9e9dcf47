import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import { buildScope } from '../../../src/model/kmemleak/build-scope.ts';
import type { EarlyBootConfig } from '../../../src/model/kmemleak/early-boot.ts';
import { Kmemleak } from '../../../src/model/kmemleak/kmemleak.ts';
import type { StackDepot } from '../../../src/model/kmemleak/stack-depot.ts';
import type { KmemleakVariant } from '../../../src/model/kmemleak/variant.ts';
import type { SlowPath } from '../../../src/model/page-source.ts';
import { NONE } from '../../../src/model/page-source.ts';
import { ROLE_HOST, TaskContext } from '../../../src/model/sched/task-context.ts';
import { Warnings } from '../../../src/model/warnings.ts';

export const KERNEL = 0x14000c0;
export const ATOMIC = 0x1080020;
export const GRACE_NS = 4_000_000;

/** A slab cache that answers as told, and remembers how it was asked. */
export class ScriptedCache {
  readonly asked: { gfp: number; role: number; checks: number; scope: number }[] = [];
  readonly freed: number[] = [];
  readonly #answers: number[];
  readonly #slowAnswers: number[];

  constructor(answers: number[], slowAnswers: number[] = []) {
    this.#answers = [...answers];
    this.#slowAnswers = [...slowAnswers];
  }

  allocate(gfp: number, context: TaskContext): number {
    this.#note(gfp, context);
    return this.#answers.shift() ?? 100;
  }

  *allocateSlowly(gfp: number, context: TaskContext): SlowPath {
    yield 1000;
    this.#note(gfp, context);
    return this.#slowAnswers.shift() ?? NONE;
  }

  free(handle: number): void {
    this.freed.push(handle);
  }

  #note(gfp: number, context: TaskContext): void {
    const { role, faultChecks: checks, noFaultDepth: scope } = context;
    this.asked.push({ gfp, role, checks, scope });
  }
}

interface Setting {
  readonly poolFree?: number;
  readonly enabled?: boolean;
  readonly depot?: StackDepot;
  readonly kernel?: KernelProfile;
  readonly cpus?: number;
  readonly areaCache?: ScriptedCache;
  readonly early?: EarlyBootConfig;
}

/** kmemleak on 4.17 over such a cache, with the events that it asked for in their order. */
export function setup(
  variant: KmemleakVariant,
  cache = new ScriptedCache([]),
  setting: Setting = {},
) {
  const events: string[] = [];
  const context = new TaskContext();
  const kernel = setting.kernel ?? linux417;
  const placed = { cpus: 2, nowNs: () => 0, currentOn: () => null };
  const scope = buildScope(variant.injection, placed);
  const kmemleak = new Kmemleak(
    {
      kernel,
      cpus: setting.cpus ?? 1,
      config: {
        enabled: setting.enabled ?? true,
        variant,
        poolFree: setting.poolFree ?? 16000,
        gracePeriodNs: GRACE_NS,
        stackDepotEnabled: setting.depot !== undefined,
        ...(setting.early === undefined ? {} : { early: setting.early }),
      },
      faultInjection: true,
      warnings: new Warnings(),
      scope,
      callers: [KERNEL, ATOMIC],
      cache,
      areaCache: setting.areaCache ?? null,
      depot: setting.depot ?? null,
      insertNs: 7,
    },
    {
      onMoment: (moment) => events.push(moment),
      startGracePeriod: (delayNs) => events.push(`grace ${delayNs}`),
      startCleanUp: () => events.push('clean-up'),
    },
  );
  context.role = ROLE_HOST;
  context.faultChecks = 5;
  const track = (gfpClass = 0) =>
    kmemleak.track([KERNEL, ATOMIC][gfpClass]!, gfpClass, 256, context);
  return { kmemleak, cache, context, events, scope, track };
}
