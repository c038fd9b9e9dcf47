import { LEVEL } from './compare-types.ts';
import type { RunResult } from './run-result.ts';
import { mser5 } from './stats/mser5.ts';
import { pairedT } from './stats/paired-t.ts';

export const STEADY_COLUMNS = [
  ...['scenario', 'variant', 'series', 'n', 'truncated_ns_max', 'settled', 'mean', 'low', 'high'],
] as const;

interface Entry {
  readonly scenario: string;
  readonly variant: string;
  readonly series: string;
  readonly means: number[];
  truncatedNs: number;
  settled: number;
}

/**
 * Time series without their warm-up, by replication and deletion: MSER-5 truncates each run's
 * series, and the means of what is left are averaged over the runs. A series that never settles,
 * as most of a load that ends do not, is told, not hidden.
 */
export class SteadyState {
  readonly #entries = new Map<string, Entry>();
  #series = 0;
  #unsettled = 0;

  add({ spec, series }: RunResult): void {
    if (series === undefined || series.rows < 2) return;
    const { names, rows, values } = series;
    const width = names.length;
    for (const [column, name] of names.entries()) {
      if (column === 0) continue;
      const own = Array.from({ length: rows }, (_, row) => values[row * width + column]!);
      const found = mser5(own);
      if (found === null) continue;
      const entry = this.#entryOf(spec.scenario, spec.variant, name);
      entry.means.push(found.mean);
      entry.truncatedNs = Math.max(entry.truncatedNs, values[found.truncated * width]!);
      this.#series++;
      if (found.valid) entry.settled++;
      else this.#unsettled++;
    }
  }

  /** A line for the reader, where the rule has failed for any series. */
  get warning(): string | null {
    if (this.#unsettled === 0) return null;
    return `${this.#unsettled} of ${this.#series} time series do not settle by MSER-5`;
  }

  rows(): (string | number)[][] {
    return [...this.#entries.values()].map((entry) => {
      const { scenario, variant, series, means, truncatedNs, settled } = entry;
      const { value, low, high, n } = pairedT(means, LEVEL);
      return [scenario, variant, series, n, truncatedNs, settled, value, low, high];
    });
  }

  #entryOf(scenario: string, variant: string, series: string): Entry {
    const key = JSON.stringify([scenario, variant, series]);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry = { scenario, variant, series, means: [], truncatedNs: 0, settled: 0 };
    this.#entries.set(key, entry);
    return entry;
  }
}
