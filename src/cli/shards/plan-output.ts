import { counted } from '../../base/counted.ts';
import { TERMINAL_WIDTH } from '../../base/fold-line.ts';
import { UserError } from '../../base/user-error.ts';
import { csv } from '../../experiment/results-layout.ts';
import type { RunSpec } from '../../experiment/run-result.ts';
import { alignTable, wrap } from '../../report/table.ts';
import { listOf } from '../arguments.ts';
import type { AskedBatch } from '../batch/asked-batch.ts';
import type { Batch } from '../batch/batch.ts';
import { DEFAULT_OUT } from '../batch-options.ts';
import type { Arguments, CommandOutput } from '../command.ts';
import { givenOptions } from '../selection/given-options.ts';
import { quoted, SUBMIT_FILES, type SubmittedBatch } from './submit-files.ts';

/** A run as `plan` lists it. */
export interface PlanRow extends RunSpec {
  readonly id: string;
  /** It is there already, and will not be made again. */
  readonly stored: boolean;
  /** The part that makes it, where there are parts. */
  readonly shard?: number;
}

export interface PlanInput {
  readonly asked: AskedBatch;
  readonly shards: number | undefined;
  readonly out: string;
  readonly args: Arguments;
}

export function planOutput(input: PlanInput): CommandOutput {
  const { asked, shards } = input;
  const batch = asked.batchOf(asked.scenarios);
  return {
    render(format) {
      const submit = SUBMIT_FILES[format];
      if (submit !== undefined) return submit(submitted(input, format));
      const rows = () => rowsOf(batch, shards);
      if (format === 'csv') return csvText(rows(), shards !== undefined);
      if (format === 'json') {
        const said = { schemaVersion: 1, name: asked.name, plan: batch.plan.hash };
        return `${JSON.stringify({ ...said, runs: [...rows()] }, null, 2)}\n`;
      }
      return `${planText(input, batch).join('\n')}\n`;
    },
  };
}

function* rowsOf({ plan, store }: Batch, shards: number | undefined): Generator<PlanRow> {
  let index = 0;
  for (const { id, spec } of plan) {
    const part = shards === undefined ? {} : { shard: (index++ % shards) + 1 };
    yield { id, ...spec, stored: store.has(id), ...part };
  }
}

function csvText(rows: Iterable<PlanRow>, withShards: boolean): string {
  const columns = ['id', 'scenario', 'variant', 'replication', 'seed', 'stored'];
  const lines = [csv([withShards ? [...columns, 'shard'] : columns])];
  for (const { id, scenario, variant, replication, seed, stored, shard } of rows) {
    const cells = [id, scenario, variant, replication, seed, stored ? 'yes' : 'no'];
    lines.push(csv([shard === undefined ? cells : [...cells, shard]]));
  }
  return lines.join('');
}

function planText(input: PlanInput, { plan, store }: Batch): string[] {
  let stored = 0;
  const loads = plan.scenarios.map(({ name, variants, replications, seed }, place) => {
    const { start, end } = plan.rangeOf(place);
    let there = 0;
    for (let index = start; index < end; index++) if (store.has(plan.at(index).id)) there++;
    stored += there;
    return [name, seed, ...[variants.length, replications, end - start, there].map(String)];
  });
  const table = alignTable(
    [['scenario', 'seed', 'variants', 'runs each', 'runs', 'stored'], ...loads],
    ['left', 'left', 'right', 'right', 'right', 'right'],
  );
  return [
    ...table,
    '',
    `${counted(plan.length, 'run')}, ${stored} of them stored; plan ${plan.hash}`,
    ...(input.shards === undefined ? [] : shardLines(input, plan.length, input.shards)),
  ];
}

function shardLines({ asked, out, args }: PlanInput, runs: number, shards: number): string[] {
  const [least, most] = [Math.floor(runs / shards), Math.ceil(runs / shards)];
  const each = least === most ? counted(least, 'run') : `${least} or ${most} runs`;
  const words = runWords(asked, out, args).map(quoted).join(' ');
  const text =
    `${counted(shards, 'shard')} of ${each}: gfpsim ${words} --shard 1/${shards} to ` +
    `${shards}/${shards}, then gfpsim merge ${quoted(`${out}/${asked.name}`)}.*-of-${shards}.shard`;
  return wrap(text, TERMINAL_WIDTH);
}

function submitted({ asked, shards, out, args }: PlanInput, format: string): SubmittedBatch {
  if (shards === undefined) {
    throw new UserError(`--format ${format} hands out parts of the runs`, {
      expected: '--shards beside it, such as --shards 8',
    });
  }
  return { words: runWords(asked, out, args), name: asked.name, out, shards };
}

/** The command that makes the same runs, word by word. */
function runWords({ words }: AskedBatch, out: string, args: Arguments): string[] {
  const names = ['vectors', 'name'].map((name) => [name, listOf(args, name)] as const);
  const options = [
    ...Object.entries(givenOptions(args)),
    ...names,
    ['out', out === DEFAULT_OUT ? [] : [out]] as const,
  ];
  return [
    'run',
    ...words,
    ...options.flatMap(([name, values]) =>
      values.flatMap((value) => {
        return /^(-|$)/.test(value) ? [`--${name}=${value}`] : [`--${name}`, value];
      }),
    ),
  ];
}
