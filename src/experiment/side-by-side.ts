import { UserError } from '../base/user-error.ts';
import type { ScenarioHead } from './results-layout.ts';
import type { RunResult } from './run-result.ts';
import type { RunWarning } from './run-warnings.ts';
import type { StoredResults } from './stored-results.ts';

/** Stored results under the name that the user gives them. */
export interface Side {
  readonly label: string;
  readonly stored: StoredResults;
}

/** One load ready for a comparison. */
export interface Load {
  readonly head: ScenarioHead;
  readonly results: readonly RunResult[];
}

export interface SideBySide {
  readonly loads: readonly Load[];
  /** What is not on every side, a line each. */
  readonly left: readonly string[];
}

const LOADS_SHOWN = 4;

/**
 * The same variant of the same scenario from several results, the first being the baseline: the
 * sides take the place of variants. What one of them lacks is left out, and told. A single side is
 * its own scenarios as they are.
 */
export function sideBySide(sides: readonly Side[]): SideBySide {
  const [first, ...others] = sides;
  if (first === undefined) return { loads: [], left: [] };
  if (others.length === 0) return { loads: ownLoads(first.stored), left: [] };
  const pairs = new Map<string, { scenario: string; variant: string }>();
  for (const { stored } of sides) {
    for (const { spec } of stored.runs) pairs.set(keyOf(spec), spec);
  }
  const loads: Load[] = [];
  const left: string[] = [];
  for (const { scenario, variant } of pairs.values()) {
    const own = sides.map((side) => ({ ...side, runs: runsOf(side, scenario, variant) }));
    const lacking = own.filter(({ runs }) => runs.length === 0);
    if (lacking.length === 0) loads.push(loadOf(own, scenario, variant));
    else left.push(`${scenario} ${variant}: not in ${lacking.map((s) => s.label).join(', ')}`);
  }
  if (loads.length === 0) throw nothingInCommon(sides);
  return { loads, left };
}

/** To compare nothing is a slip, not a success. */
function nothingInCommon(sides: readonly Side[]): UserError {
  const have = sides.map(({ label, stored }) => {
    const loads = [...new Set(stored.runs.map(({ spec }) => `${spec.scenario} ${spec.variant}`))];
    const more = loads.length - LOADS_SHOWN;
    const rest = more > 0 ? ` and ${more} more` : '';
    return `${label} has ${loads.slice(0, LOADS_SHOWN).join(', ') || 'no runs'}${rest}`;
  });
  return new UserError(`no load is on every side: ${have.join('; ')}`, {
    exitCode: 5,
    expected: 'results with the same scenario and variant',
  });
}

function ownLoads({ heads, runs }: StoredResults): Load[] {
  return heads.map((head) => {
    return { head, results: runs.filter(({ spec }) => spec.scenario === head.name) };
  });
}

interface OwnRuns extends Side {
  readonly runs: readonly RunResult[];
}

function loadOf(sides: readonly OwnRuns[], scenario: string, variant: string): Load {
  const name = `${scenario}/${variant}`;
  const head = sides[0]!.stored.heads.find((one) => one.name === scenario)!;
  const seeds = [...new Set(sides.flatMap(({ runs }) => runs.map(({ spec }) => spec.seed)))];
  const results = sides.flatMap(({ label, runs }) =>
    runs.map((run) => ({ ...run, spec: { ...run.spec, scenario: name, variant: label } })),
  );
  return {
    results,
    head: {
      ...head,
      name,
      baseline: sides[0]!.label,
      variants: sides.map(({ label }) => label),
      bounds: [],
      replications: Math.max(...sides.map(({ runs }) => runs.length)),
      seed: seeds.join(', '),
      warnings: seeds.length === 1 ? head.warnings : [...head.warnings, UNPAIRED],
    },
  };
}

const UNPAIRED: RunWarning = {
  id: 'W017',
  text: 'the sides have different seeds: their runs are no pairs, intervals wider than need be',
};

function runsOf({ stored }: Side, scenario: string, variant: string): RunResult[] {
  return stored.runs.filter(({ spec }) => spec.scenario === scenario && spec.variant === variant);
}

function keyOf({ scenario, variant }: { scenario: string; variant: string }): string {
  return JSON.stringify([scenario, variant]);
}
