import { counted } from '../../base/counted.ts';
import { listOf, textOf } from '../arguments.ts';
import type { AskedBatch } from '../batch/asked-batch.ts';
import { textsOf } from '../batch/batch.ts';
import { codeHash } from '../batch/code-hash.ts';
import { makeBatch } from '../batch/make-batch.ts';
import { DEFAULT_OUT } from '../batch-options.ts';
import type { Arguments, CommandOutput } from '../command.ts';
import { givenOptions } from '../selection/given-options.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { VERSION } from '../version.ts';
import type { ShardWish } from './shard.ts';
import { writeShard } from './shard-files.ts';

/** Makes a part of a batch's runs, to be joined with the others; the answer is its file. */
export async function makeShard(
  { words, scenarios, name, batchOf }: AskedBatch,
  { shard, by }: ShardWish,
  args: Arguments,
  terminal: Terminal,
): Promise<CommandOutput> {
  const whole = batchOf(scenarios);
  const batch = { ...whole, plan: whole.plan.part(shard) };
  const part = `shard ${shard.index} of ${shard.count}`;
  if (by !== undefined) terminal.note(`${part}, by ${by}`);
  await makeBatch(batch, terminal);
  const vectors = listOf(args, 'vectors');
  const head = {
    ...{ shard, name, runs: batch.plan.length, plan: batch.plan.hash },
    ...{ gfpsim: VERSION, code: codeHash(), kind: batch.kind },
    scenarios: words,
    options: { ...givenOptions(args), ...(vectors.length > 0 ? { vectors } : {}) },
  };
  const out = textOf(args, 'out') ?? DEFAULT_OUT;
  const path = writeShard(out, head, textsOf(batch, terminal));
  const runs = `${batch.plan.length} of ${counted(whole.plan.length, 'run')}`;
  terminal.note(`${part}: ${runs}; gfpsim merge joins all ${shard.count}`);
  return { render: () => `${path}\n` };
}
