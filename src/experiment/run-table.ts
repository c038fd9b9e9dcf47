import { assert } from '../base/assert.ts';
import type { MetricValue, RunResult, RunSpec } from './run-result.ts';

// The runs of one scenario, a thousand rows a block; in each block, by metric:
//
//   values    Float64 by row, NaN: none; a full block in which all are equal keeps one
//   censored  the same, for times to an event alone: how far it was watched, NaN: it happened
//
// A run as an object of a hundred objects takes some 10 KB; here it takes a few hundred bytes, for
// most of its metrics say what they say in all runs of a scenario.

const BLOCK_ROWS = 1024;

type Column = Float64Array | number;

/** Many runs at little room; each row reads like the run that was put in. */
export class RunTable {
  readonly #columns = new Map<string, number>();
  #block: Block | undefined;

  /** All runs have the same metrics. */
  add({ spec, metrics, events, simulatedNs, fingerprint, end }: RunResult): RunResult {
    if (this.#block === undefined) {
      for (const name of Object.keys(metrics)) this.#columns.set(name, this.#columns.size);
    }
    if (this.#block === undefined || this.#block.isFull) this.#block = new Block(this.#columns);
    const row = this.#block.add(metrics);
    return new TableRow({ spec, events, simulatedNs, fingerprint, end }, this.#block, row);
  }
}

class Block {
  readonly columns: ReadonlyMap<string, number>;
  readonly #values: Column[] = [];
  readonly #censored = new Map<number, Column>();
  #rows = 0;

  constructor(columns: ReadonlyMap<string, number>) {
    this.columns = columns;
    for (let column = 0; column < columns.size; column++) this.#values.push(emptyColumn());
  }

  get isFull(): boolean {
    return this.#rows === BLOCK_ROWS;
  }

  /** Answers the new row. */
  add(metrics: Readonly<Record<string, MetricValue>>): number {
    const row = this.#rows++;
    for (const [name, column] of this.columns) {
      const { value, censoredAt } = metrics[name] ?? { value: null };
      write(this.#values[column]!, row, value);
      if (censoredAt === undefined) continue;
      const cells = this.#censored.get(column) ?? emptyColumn();
      write(cells, row, censoredAt);
      this.#censored.set(column, cells);
    }
    if (this.isFull) this.#narrow();
    return row;
  }

  value(metric: string, row: number): MetricValue {
    const column = this.columns.get(metric);
    if (column === undefined) return { value: null };
    const value = read(this.#values[column]!, row);
    if (!Number.isNaN(value)) return { value };
    const cells = this.#censored.get(column);
    const censoredAt = cells === undefined ? Number.NaN : read(cells, row);
    return Number.isNaN(censoredAt) ? { value: null } : { value: null, censoredAt };
  }

  #narrow(): void {
    for (const [column, cells] of this.#values.entries()) this.#values[column] = narrowed(cells);
    for (const [column, cells] of this.#censored) this.#censored.set(column, narrowed(cells));
  }
}

function emptyColumn(): Float64Array {
  return new Float64Array(BLOCK_ROWS).fill(Number.NaN);
}

function write(column: Column, row: number, value: number | null): void {
  assert(typeof column !== 'number', 'a full block takes no more rows');
  if (value !== null) column[row] = value;
}

function read(column: Column, row: number): number {
  return typeof column === 'number' ? column : column[row]!;
}

function narrowed(column: Column): Column {
  if (typeof column === 'number') return column;
  const [first] = column;
  return column.every((value) => Object.is(value, first)) ? first! : column;
}

class TableRow implements RunResult {
  readonly spec: RunSpec;
  readonly events: number;
  readonly simulatedNs: number;
  readonly fingerprint: string;
  readonly end: string;
  readonly #block: Block;
  readonly #row: number;

  constructor(run: Omit<RunResult, 'metrics'>, block: Block, row: number) {
    this.spec = run.spec;
    this.events = run.events;
    this.simulatedNs = run.simulatedNs;
    this.fingerprint = run.fingerprint;
    this.end = run.end;
    this.#block = block;
    this.#row = row;
  }

  /** Made anew whenever it is asked for: for one metric of many, use `valueIn`. */
  get metrics(): Readonly<Record<string, MetricValue>> {
    const names = [...this.#block.columns.keys()];
    return Object.fromEntries(names.map((name) => [name, this.value(name)]));
  }

  value(metric: string): MetricValue {
    return this.#block.value(metric, this.#row);
  }
}

/** One metric of a run, wherever it is kept; without a value where the run has no such metric. */
export function valueIn(run: RunResult, metric: string): MetricValue {
  if (run instanceof TableRow) return run.value(metric);
  return run.metrics[metric] ?? { value: null };
}
