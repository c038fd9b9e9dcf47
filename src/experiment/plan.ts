import { assert } from '../base/assert.ts';
import { hashHex } from '../base/hash.ts';
import { UserError } from '../base/user-error.ts';
import type { KmemleakVariant } from '../model/kmemleak/variant.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import { resolveScenario, resolveTasks, variantsOf } from '../scenario/resolve.ts';
import { bareLoad, type Scenario } from '../scenario/scenario.ts';
import type { RunSpec } from './run-result.ts';

/** A run by name, and by what it is made of: equal ids, equal results. */
export interface PlannedRun {
  /** Hash of everything that decides the run's outcome, 32 hex digits. */
  readonly id: string;
  readonly spec: RunSpec;
}

/** Changes when the same input may give other results, so that old ids are not taken for new. */
const ID_FORMAT = 'gfpsim-run/1';

/** One of `count` parts of a plan, from 1: every `count`-th run. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

const WHOLE: Shard = { index: 1, count: 1 };

/**
 * Which runs there are, in a stable order: by scenario, then variant, then replication. Runs are
 * made up when they are asked for, so that a million of them need no more memory than ten; asking
 * in order is cheap, since what the runs of a scenario share is kept until another one's turn.
 */
export class RunPlan {
  readonly scenarios: readonly Scenario[];
  /** Runs of this part of the plan. */
  readonly length: number;
  readonly shard: Shard;
  readonly #catalogs: Catalogs;
  /** Index of each scenario's first run, and of the end. */
  readonly #starts: readonly number[];
  #current: Identity | undefined;

  constructor(scenarios: readonly Scenario[], catalogs: Catalogs, shard = WHOLE) {
    this.scenarios = scenarios;
    this.shard = shard;
    this.#catalogs = catalogs;
    const starts = [0];
    for (const { variants, replications } of scenarios) {
      starts.push(starts.at(-1)! + variants.length * replications);
    }
    this.#starts = starts;
    this.length = Math.max(0, Math.ceil((starts.at(-1)! - shard.index + 1) / shard.count));
  }

  /** The same scenarios, and of their runs a part. */
  part(shard: Shard): RunPlan {
    return new RunPlan(this.scenarios, this.#catalogs, shard);
  }

  /** Hash of everything that decides which runs there are, 32 hex digits; all parts have one. */
  get hash(): string {
    const parts = this.scenarios.map(({ name, seed, replications, variants }, place) => {
      return [name, seed, replications, variants, this.hashOf(place)];
    });
    return hashHex(JSON.stringify(parts));
  }

  /** The same of what the runs of one scenario are made of, whatever their seeds. */
  hashOf(scenario: number): string {
    return this.#identity(scenario).hash;
  }

  at(index: number): PlannedRun {
    assert(index >= 0 && index < this.length, 'the plan has no such run');
    const whole = index * this.shard.count + this.shard.index - 1;
    const place = this.#scenarioAt(whole);
    const { name, variants, replications, seed } = this.scenarios[place]!;
    const within = whole - this.#starts[place]!;
    const variant = Math.floor(within / replications);
    const replication = within % replications;
    const spec = { scenario: name, variant: variants[variant]!, replication, seed };
    return { id: this.#identity(place).idOf(variant, replication), spec };
  }

  *[Symbol.iterator](): Iterator<PlannedRun> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  /** The indices of one scenario's runs in the whole plan: from `start` on, before `end`. */
  rangeOf(scenario: number): { readonly start: number; readonly end: number } {
    assert(this.shard.count === 1, 'a part of a plan has no scenario whole');
    return { start: this.#starts[scenario]!, end: this.#starts[scenario + 1]! };
  }

  /** The last scenario that starts at or before this run. */
  #scenarioAt(index: number): number {
    let low = 0;
    let high = this.scenarios.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #identity(place: number): Identity {
    const scenario = this.scenarios[place]!;
    if (this.#current?.scenario !== scenario) {
      this.#current = new Identity(scenario, this.#catalogs);
    }
    return this.#current;
  }
}

/** scenarios × variants × replications. */
export function planRuns(scenarios: readonly Scenario[], catalogs: Catalogs): RunPlan {
  const seen = new Set<string>();
  for (const { name } of scenarios) {
    if (seen.has(name)) throw new UserError(`two scenarios are called '${name}'`);
    seen.add(name);
  }
  return new RunPlan(scenarios, catalogs);
}

/** What the runs of one scenario are made of. */
class Identity {
  readonly scenario: Scenario;
  readonly #shared: string;
  readonly #proposals: readonly unknown[];

  constructor(scenario: Scenario, catalogs: Catalogs) {
    this.scenario = scenario;
    const { config, kmemleak } = resolveScenario(scenario, catalogs);
    const classes = resolveTasks(scenario, 0, catalogs).flatMap(({ source }) => source.classes);
    const { horizon } = scenario;
    const load = bareLoad(scenario);
    this.#shared = hashHex(JSON.stringify([ID_FORMAT, config, kmemleak, load, horizon]));
    this.#proposals = variantsOf(scenario, catalogs).map((variant) =>
      describeVariant(variant, config.kernel, classes),
    );
  }

  /** Of what all its runs are made of. */
  get hash(): string {
    return hashHex(JSON.stringify([this.#shared, this.#proposals]));
  }

  idOf(variant: number, replication: number): string {
    const { seed } = this.scenario;
    return hashHex(JSON.stringify([this.#shared, this.#proposals[variant], seed, replication]));
  }
}

/** What a proposal does in this scenario: its rules, and its masks for the load's callers. */
function describeVariant(
  variant: KmemleakVariant,
  kernel: Parameters<KmemleakVariant['attempts']>[2],
  classes: readonly { readonly gfp: number }[],
): unknown {
  const { injection, onFailure, reserve, bound } = variant;
  const masks = [false, true].flatMap((atomic) =>
    [false, true].flatMap((faultInjection) =>
      classes.map(({ gfp }) => variant.attempts(gfp, { atomic, faultInjection }, kernel)),
    ),
  );
  return [
    injection,
    onFailure,
    reserve,
    bound,
    variant.newFlag?.(kernel),
    masks,
    ...rarer(variant, kernel, classes),
  ];
}

/** Rules that few proposals have; absent ones leave no trace in the ids of all others. */
function rarer(
  variant: KmemleakVariant,
  kernel: Parameters<KmemleakVariant['attempts']>[2],
  classes: readonly { readonly gfp: number }[],
): unknown[] {
  const { areaReserve, embedded } = variant;
  const refill = variant.refillFlags?.(kernel);
  const context = { atomic: false, faultInjection: true, preemptCount: false };
  const uncounted = classes.map(({ gfp }) => variant.attempts(gfp, context, kernel));
  const counted = classes.map(({ gfp }) =>
    variant.attempts(gfp, { ...context, preemptCount: true }, kernel),
  );
  const alike = JSON.stringify(counted) === JSON.stringify(uncounted);
  const rules = { areaReserve, embedded, refill, ...(alike ? {} : { uncounted }) };
  return JSON.stringify(rules) === '{}' ? [] : [rules];
}
