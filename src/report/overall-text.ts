import type { OverallRow } from '../experiment/overall-survival.ts';
import { pText } from './cells.ts';
import { formatPlain } from './numbers.ts';
import type { Report } from './report.ts';

/** Lifetimes over all loads: a heading, columns, and a row a variant. */
export interface OverallTable {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const COLUMNS = ['variant', 'loads', 'events', 'expected', 'chi-square', 'p'];

/** A table a key time to an event; none where one load, or none, left anything to chance. */
export function overallTables({ overall = [], metrics: columns }: Report): OverallTable[] {
  const isKey = (name: string) => columns.some((column) => column.name === name && column.key);
  const metrics = [...new Set(overall.map(({ metric }) => metric))].filter(isKey);
  return metrics.map((metric) => {
    const own = overall.filter((row) => row.metric === metric);
    return { heading: heading(metric, own), columns: COLUMNS, rows: own.map(cells) };
  });
}

function heading(metric: string, rows: readonly OverallRow[]): string {
  const against = [...new Set(rows.map(({ baseline }) => baseline))].join(', ');
  return (
    `${metric} over all loads, against ${against}: log-rank test stratified by load; ` +
    'expected: events if the variant were like the baseline'
  );
}

function cells({ variant, loads, observed, expected, chiSquare, p }: OverallRow): string[] {
  const [chi, of] = [chiSquare, expected].map((value) => formatPlain(Number(value.toPrecision(3))));
  return [variant, String(loads), String(observed), of!, chi!, pText(p).replace(/^p (= )?/, '')];
}
