import type { Comparison } from '../experiment/compare-types.ts';
import type { ReportRow } from './report.ts';

/**
 * What a living kmemleak may cost others, in the words of the metrics. Memory held is not among
 * them: whatever lives holds some.
 */
const COSTS: readonly string[] = [
  'livelock',
  'host_failures',
  'first_host_failure_alloc',
  'reserve_depth',
  'injection_coverage',
  'stall_ns_p99',
  'stall_ns_max',
  'metadata_stall_ns_max',
  'loop_rounds_max',
  'warnings_W1',
  'warnings_W2',
  'warnings_W3',
  'warnings_W6',
];

/**
 * The answer in words: which proposals keep kmemleak alive, in how many runs the others do, and
 * what those that keep it alive cost. A variant whose runs livelock keeps nothing alive: its
 * machine stands still, and so it is named apart.
 */
export function headline(rows: readonly ReportRow[]): string[] {
  if (rows.length === 0) return ['No runs.'];
  const proposals = rows.filter((row) => !row.bound);
  if (proposals.every((row) => aliveIn(row) === null)) return [];
  const stuck = proposals.filter((row) => 'livelock' in row.ends);
  const running = proposals.filter((row) => !stuck.includes(row) && aliveIn(row) !== null);
  const keepers = running.filter((row) => aliveIn(row) === row.runs);
  const some = running.filter((row) => aliveIn(row)! > 0 && aliveIn(row)! < row.runs);
  const keep = keepers.length === 1 ? 'keeps' : 'keep';
  const all = rows[0]!.runs === 1 ? '' : ' in every run';
  const count = `${keepers.length} of ${proposals.length} proposals ${keep}`;
  return [
    `${count} kmemleak alive${all}${list(keepers)}.`,
    ...(some.length === 0 ? [] : [`Alive in some runs: ${some.map(share).join(', ')}.`]),
    ...(stuck.length === 0 ? [] : [`In a livelock: ${stuck.map(livelocks).join(', ')}.`]),
    ...costs(keepers),
  ];
}

/** In how many runs kmemleak was alive at the end; null where that was not measured. */
function aliveIn(row: ReportRow): number | null {
  const summary = resultOf(row, 'kmemleak_alive')?.summary;
  return summary?.kind === 'proportion' ? summary.hits : null;
}

function resultOf(row: ReportRow, metric: string): Comparison | undefined {
  return row.results.find((result) => result.metric === metric);
}

function list(rows: readonly ReportRow[]): string {
  return rows.length === 0 ? '' : `: ${rows.map((row) => row.variant).join(', ')}`;
}

function share(row: ReportRow): string {
  return `${row.variant} (${aliveIn(row)}/${row.runs})`;
}

function livelocks(row: ReportRow): string {
  return `${row.variant} (${row.ends['livelock']}/${row.runs})`;
}

/** The costs in which a variant is worse than the baseline. */
export function billOf(row: ReportRow): string[] {
  return COSTS.filter((metric) => resultOf(row, metric)?.verdict === 'worse');
}

/** Variants with one bill share a sentence. */
function costs(keepers: readonly ReportRow[]): string[] {
  const bills = new Map<string, ReportRow[]>();
  for (const row of keepers) {
    const bill = billOf(row).join(', ');
    bills.set(bill, [...(bills.get(bill) ?? []), row]);
  }
  return [...bills].map(([bill, rows]) => {
    const names = rows.map((row) => row.variant).join(', ');
    return bill === '' ? `At no cost seen: ${names}.` : `At the cost of ${bill}: ${names}.`;
  });
}
