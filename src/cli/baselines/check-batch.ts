import { UserError } from '../../base/user-error.ts';
import { type Departure, departure, isDrift, movesBetween } from '../../experiment/drift.ts';
import { type Gate, type GateCase, judgeGates } from '../../experiment/gates.ts';
import { Runner } from '../../experiment/run.ts';
import type { RunResult } from '../../experiment/run-result.ts';
import type { StoredRun } from '../../experiment/stored-results.ts';
import type { Threshold } from '../../experiment/threshold.ts';
import { formatValue } from '../../report/numbers.ts';
import type { Report, ReportGate } from '../../report/report.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { type Batch, resultsOf } from '../batch/batch.ts';
import { EXIT_MISSING } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Baseline } from './baseline-files.ts';
import { loadTraces } from './baseline-files.ts';
import { checkReport } from './check-report.ts';

/** Runs of one scenario, as they are now and as the baseline has them. */
interface Compared {
  readonly scenario: Scenario;
  readonly now: readonly RunResult[];
  readonly before: readonly StoredRun[];
}

export interface CheckOutcome {
  readonly reports: readonly Report[];
  /** Runs that left the baseline's course, and gates that failed. */
  readonly drifted: number;
  readonly failed: number;
  readonly gates: number;
  /** What moved first, where anything did. */
  readonly first: string | null;
}

export interface CheckInput {
  readonly batch: Batch;
  readonly baseline: Baseline;
  /** Other events are told, and fail nothing. */
  readonly allowDrift: boolean;
  /** What each scenario of the batch says, as the baseline notes it. */
  readonly hashes: Readonly<Record<string, string>>;
  /** For a scenario that names none: its own. */
  thresholdsFor(scenario: Scenario): readonly Threshold[];
}

/** Holds the runs of a batch to a baseline: run by run their events, then their numbers. */
export function checkBatch(input: CheckInput, terminal: Terminal): CheckOutcome {
  const { batch, baseline } = input;
  const compared = batch.plan.scenarios.map((scenario, index) => {
    const before = storedRuns(input, scenario);
    const now = [...resultsOf(batch, index, terminal)].map(([, result]) => result);
    return { scenario, now, before: now.map((run) => partnerOf(run, before, baseline)) };
  });
  const drifts = driftsOf(compared, input);
  const gates = judgeAll(compared, input);
  const reports = compared.map(({ scenario, now }) => {
    const { name } = scenario;
    const own = [
      ...drifts.filter((drift) => drift.scenario === name).map(({ gate }) => gate),
      ...gates.filter((gate) => gate.scenario === name).map(withoutScenario),
    ];
    return checkReport(scenario, batch.catalogs, { gates: own, runs: now.length, baseline });
  });
  return {
    reports,
    drifted: drifts.reduce((sum, { runs }) => sum + runs, 0),
    failed: gates.filter(({ verdict }) => verdict === 'failed').length,
    gates: gates.length,
    first: firstOf(drifts),
  };
}

/** Another scenario under the same name is no baseline of this one. */
function storedRuns({ baseline, hashes }: CheckInput, scenario: Scenario): StoredRun[] {
  const { name, request, stored } = baseline;
  const runs = stored.runs.filter(({ spec }) => spec.scenario === scenario.name);
  if (runs.length === 0) throw missing(name, `no run of the scenario '${scenario.name}'`);
  if (request.hashes[scenario.name] === hashes[scenario.name]) return runs;
  throw missing(name, `the scenario '${scenario.name}' is not the one it was made of`);
}

function partnerOf(run: RunResult, before: readonly StoredRun[], { name }: Baseline): StoredRun {
  const { variant, replication, scenario } = run.spec;
  const partner = before.find(
    ({ spec }) => spec.variant === variant && spec.replication === replication,
  );
  if (partner !== undefined) return partner;
  throw missing(name, `no run ${replication} of '${variant}' under '${scenario}'`);
}

function missing(name: string, message: string): UserError {
  return new UserError(`baseline '${name}': ${message}`, {
    exitCode: EXIT_MISSING,
    hint: `gfpsim baseline update ${name} makes it again`,
  });
}

/** The runs of one variant that left their course, and the earliest to do so. */
interface Drift {
  readonly scenario: string;
  readonly variant: string;
  readonly runs: number;
  readonly place: Departure | null;
  readonly gate: ReportGate;
}

function driftsOf(compared: readonly Compared[], input: CheckInput): Drift[] {
  return compared.flatMap((one) => {
    const variants = [...new Set(one.now.map(({ spec }) => spec.variant))];
    return variants.flatMap((variant) => driftOf(one, variant, input) ?? []);
  });
}

/** Runs of other seeds are other runs: nothing to hold their events to. */
function driftOf(one: Compared, variant: string, input: CheckInput): Drift | null {
  const pairs = one.now
    .map((run, i) => ({ run, before: one.before[i]! }))
    .filter(({ run }) => run.spec.variant === variant)
    .filter(({ run, before }) => run.spec.seed === before.spec.seed);
  const left = pairs.filter(({ run, before }) => isDrift(run, before));
  if (left.length === 0) return null;
  const [{ run, before }] = left as [(typeof left)[0]];
  const place = placeOf(run, input);
  const found = place ?? { moves: movesBetween(run, before), eventsNs: 0, sinceNs: 0, untilNs: 0 };
  const { scenario } = one;
  const note =
    `${left.length} of ${pairs.length} runs have other events; ` +
    `run ${run.spec.replication}: ${placeText(found, place !== null, input)}`;
  return {
    ...{ scenario: scenario.name, variant, runs: left.length, place },
    gate: {
      ...{ variant, metric: 'fingerprint', unit: 'index', threshold: 'the events of the baseline' },
      verdict: input.allowDrift ? 'unclear' : 'failed',
      ...{ estimate: null, before: null, note },
    },
  };
}

/** Makes the run once more, beside the course that the baseline has of it. */
function placeOf({ spec }: RunResult, { batch, baseline }: CheckInput): Departure | null {
  const trace = loadTraces(baseline).find(
    ({ scenario, variant, replication }) =>
      scenario === spec.scenario && variant === spec.variant && replication === spec.replication,
  );
  if (trace === undefined) return null;
  const runner = new Runner(batch.plan.scenarios, batch.catalogs);
  return departure(runner.trace(spec, trace.periodNs), trace);
}

const MOVES_SHOWN = 4;

function placeText(place: Departure, isPlaced: boolean, { batch }: CheckInput): string {
  const { moves, sinceNs, untilNs, eventsNs } = place;
  const at = (ns: number) => formatValue(ns, 'ns');
  if (moves.length === 0) return `no metric moved; the events differ by ${at(eventsNs)}`;
  const shown = moves.slice(0, MOVES_SHOWN).map(({ metric, before, now }) => {
    const { unit } = batch.catalogs.metrics.get(metric);
    const text = (value: number | null) => (value === null ? 'none' : formatValue(value, unit));
    return `${metric} ${text(before)} -> ${text(now)}`;
  });
  const rest = moves.length - shown.length;
  const list = `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  if (!isPlaced) return `at its end ${list}`;
  return `first moved between ${at(sinceNs)} and ${at(untilNs)}: ${list}`;
}

/** Of all variants the one that left its course first. */
function firstOf(drifts: readonly Drift[]): string | null {
  const time = ({ place }: Drift) => place?.untilNs ?? Number.POSITIVE_INFINITY;
  const [first] = [...drifts].sort((a, b) => time(a) - time(b));
  return first === undefined ? null : `${first.scenario} ${first.variant}: ${first.gate.note}`;
}

/** One family over all scenarios. */
function judgeAll(compared: readonly Compared[], { thresholdsFor }: CheckInput): Gate[] {
  const cases = compared.flatMap(({ scenario, now, before }) => {
    const variants = [...new Set(now.map(({ spec }) => spec.variant))];
    return variants.map((variant): [GateCase, readonly Threshold[]] => {
      const own = (run: RunResult) => run.spec.variant === variant;
      const pair = { now: now.filter(own), before: before.filter(own) };
      return [{ scenario: scenario.name, variant, ...pair }, thresholdsFor(scenario)];
    });
  });
  return judgeGates(cases);
}

function withoutScenario({ scenario: _, ...gate }: Gate): ReportGate {
  return gate;
}
