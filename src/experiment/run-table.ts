import type { MetricValue, RunResult, RunSpec } from './run-result.ts';

// The runs of one scenario in columns, in blocks of rows:
//
//   values    row 0: metric 0, 1, 2 …; row 1: …      Float64, NaN: none
//   censored  by metric, for times to an event alone  Float64, NaN: it happened
//
// A run as an object of a hundred objects takes some 10 KB; here it takes 1.

const BLOCK_ROWS = 1024;

interface Block {
  readonly values: Float64Array;
  readonly censored: Map<number, Float64Array>;
}

/** Many runs at little room; each row reads like the run that was put in. */
export class RunTable {
  readonly #columns = new Map<string, number>();
  readonly #blocks: Block[] = [];
  #rows = 0;

  /** All runs have the same metrics. */
  add({ spec, metrics, events, simulatedNs, fingerprint, end }: RunResult): RunResult {
    if (this.#rows === 0) {
      for (const name of Object.keys(metrics)) this.#columns.set(name, this.#columns.size);
    }
    const row = this.#rows % BLOCK_ROWS;
    if (row === 0) this.#blocks.push(this.#emptyBlock());
    this.#rows++;
    const block = this.#blocks.at(-1)!;
    for (const [name, column] of this.#columns) {
      const { value, censoredAt } = metrics[name] ?? { value: null };
      block.values[row * this.#columns.size + column] = value ?? Number.NaN;
      if (censoredAt !== undefined) censoredIn(block, column)[row] = censoredAt;
    }
    return new TableRow(
      { spec, events, simulatedNs, fingerprint, end },
      { columns: this.#columns, block, row },
    );
  }

  #emptyBlock(): Block {
    return { values: new Float64Array(BLOCK_ROWS * this.#columns.size), censored: new Map() };
  }
}

function censoredIn({ censored }: Block, column: number): Float64Array {
  const known = censored.get(column);
  if (known !== undefined) return known;
  const cells = new Float64Array(BLOCK_ROWS).fill(Number.NaN);
  censored.set(column, cells);
  return cells;
}

interface Place {
  readonly columns: ReadonlyMap<string, number>;
  readonly block: Block;
  readonly row: number;
}

class TableRow implements RunResult {
  readonly spec: RunSpec;
  readonly events: number;
  readonly simulatedNs: number;
  readonly fingerprint: string;
  readonly end: string;
  readonly #place: Place;

  constructor(run: Omit<RunResult, 'metrics'>, place: Place) {
    this.spec = run.spec;
    this.events = run.events;
    this.simulatedNs = run.simulatedNs;
    this.fingerprint = run.fingerprint;
    this.end = run.end;
    this.#place = place;
  }

  /** Made anew whenever it is asked for: for one metric of many, use `valueIn`. */
  get metrics(): Readonly<Record<string, MetricValue>> {
    const names = [...this.#place.columns.keys()];
    return Object.fromEntries(names.map((name) => [name, this.value(name)]));
  }

  value(metric: string): MetricValue {
    const { columns, block, row } = this.#place;
    const column = columns.get(metric);
    if (column === undefined) return { value: null };
    const value = block.values[row * columns.size + column]!;
    if (!Number.isNaN(value)) return { value };
    const censoredAt = block.censored.get(column)?.[row] ?? Number.NaN;
    return Number.isNaN(censoredAt) ? { value: null } : { value: null, censoredAt };
  }
}

/** One metric of a run, wherever it is kept; without a value where the run has no such metric. */
export function valueIn(run: RunResult, metric: string): MetricValue {
  if (run instanceof TableRow) return run.value(metric);
  return run.metrics[metric] ?? { value: null };
}
