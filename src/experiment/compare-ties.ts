import { hashHex } from '../base/hash.ts';
import type { MetricValue, RunResult } from './run-result.ts';

/**
 * Groups of variants that cannot be told apart: each replication gave the same value, or was
 * censored at the same moment, in every metric. Groups of two and more, in the order of the
 * variants' first runs.
 */
export function tieGroups(results: readonly RunResult[]): string[][] {
  const rows = new Map<string, string[]>();
  for (const { spec, metrics } of results) {
    const lines = rows.get(spec.variant) ?? [];
    lines.push(`${spec.replication}: ${hashHex(valuesOf(metrics))}`);
    rows.set(spec.variant, lines);
  }
  const groups = new Map<string, string[]>();
  for (const [variant, lines] of rows) {
    const everything = hashHex(lines.sort().join('\n'));
    groups.set(everything, [...(groups.get(everything) ?? []), variant]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

function valuesOf(metrics: Readonly<Record<string, MetricValue>>): string {
  const names = Object.keys(metrics).sort();
  return names
    .map((name) => `${name} ${metrics[name]!.value} ${metrics[name]!.censoredAt}`)
    .join(', ');
}
