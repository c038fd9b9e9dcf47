import type { RunResult } from './run-result.ts';
import type { RunTrace, TraceRows } from './trace-run.ts';

/** A metric that is not what it was. */
export interface Move {
  readonly metric: string;
  readonly before: number | null;
  readonly now: number | null;
}

/** Where a run left the course that the baseline has of it. */
export interface Departure {
  /** Simulated time by which events were no more the same. */
  readonly eventsNs: number;
  /** The metrics moved after `sinceNs`, and had done so at `untilNs`. */
  readonly sinceNs: number;
  readonly untilNs: number;
  /** The metrics that had moved by then; empty where only the order of events has. */
  readonly moves: readonly Move[];
}

/** Runs whose events, or whose metrics, are not those of the baseline. */
export function isDrift(now: RunResult, before: RunResult): boolean {
  return now.fingerprint !== before.fingerprint || movesBetween(now, before).length > 0;
}

/** Metrics of both runs that differ at their ends. */
export function movesBetween(now: RunResult, before: RunResult): Move[] {
  return Object.entries(before.metrics).flatMap(([metric, { value, censoredAt }]) => {
    const own = now.metrics[metric];
    if (own === undefined || (own.value === value && own.censoredAt === censoredAt)) return [];
    return [{ metric, before: value, now: own.value }];
  });
}

/** The first row in which a metric differs, or else the events; null: the courses are one. */
export function departure(now: TraceRows, before: RunTrace): Departure | null {
  const rows = Math.max(now.fingerprints.length, before.fingerprints.length);
  let firstEvents: number | null = null;
  for (let row = 0; row < rows; row++) {
    if (firstEvents === null && now.fingerprints[row] !== before.fingerprints[row]) {
      firstEvents = row;
    }
    const moves = movesIn(now, before, row);
    if (moves.length > 0) return spanOf(before, firstEvents ?? row, row, moves);
  }
  return firstEvents === null ? null : spanOf(before, firstEvents, firstEvents, []);
}

function spanOf(
  { periodNs }: RunTrace,
  first: number,
  row: number,
  moves: readonly Move[],
): Departure {
  const [sinceNs, untilNs] = [row * periodNs, (row + 1) * periodNs];
  return { eventsNs: (first + 1) * periodNs, sinceNs, untilNs, moves };
}

function movesIn(now: TraceRows, before: RunTrace, row: number): Move[] {
  return Object.keys(before.metrics).flatMap((metric) => {
    const ours = now.metrics[metric];
    if (ours === undefined) return [];
    const [one, two] = [valueIn(ours, row), valueIn(before.metrics[metric]!, row)];
    return one === two ? [] : [{ metric, before: two, now: one }];
  });
}

/** A single value holds for all rows; a course that has ended stays as it ended. */
function valueIn(values: readonly (number | null)[], row: number): number | null {
  return values[Math.min(row, values.length - 1)] ?? null;
}
