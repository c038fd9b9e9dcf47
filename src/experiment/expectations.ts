import { UserError } from '../base/user-error.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { MetricValue, RunResult } from './run-result.ts';

/** A demand of a scenario that some run did not meet. */
export interface BrokenExpectation {
  readonly scenario: string;
  readonly metric: string;
  readonly variant: string;
  readonly replication: number;
  /** Null: the run has no such value. */
  readonly value: number | null;
  readonly why: string;
}

/**
 * Every run of the variant must lie within the limits: means would hide the one that does not.
 * An event that had not happened when its run ended came later than any limit.
 */
export function brokenExpectations(
  scenario: Scenario,
  results: readonly RunResult[],
): BrokenExpectation[] {
  return scenario.expect.flatMap((demand) => {
    const { metric, variant, why, min, max, of = 'runs' } = demand;
    if (metric === undefined || of !== 'runs') return [];
    const runs = results.filter(
      ({ spec }) => spec.scenario === scenario.name && spec.variant === variant,
    );
    if (runs.length === 0) {
      throw new UserError(`no run of '${variant}' to hold against its expectation`);
    }
    return runs.flatMap(({ spec, metrics }) => {
      const value = metrics[metric] ?? { value: null };
      if (meets(value, min, max)) return [];
      const { replication } = spec;
      return [{ scenario: scenario.name, metric, variant, replication, value: value.value, why }];
    });
  });
}

function meets(measured: MetricValue, min: number | undefined, max: number | undefined): boolean {
  if (measured.value === null) return measured.censoredAt !== undefined && max === undefined;
  return measured.value >= (min ?? measured.value) && measured.value <= (max ?? measured.value);
}
