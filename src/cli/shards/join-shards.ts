import { UserError } from '../../base/user-error.ts';
import type { RunPlan } from '../../experiment/plan.ts';
import { decodeRun, isWholeRun } from '../../experiment/run-file.ts';
import type { ShardHead } from '../../experiment/shard-file.ts';
import { type AskedBatch, askedBatch } from '../batch/asked-batch.ts';
import type { Batch, MadeBatch } from '../batch/batch.ts';
import { codeHash } from '../batch/code-hash.ts';
import type { Arguments } from '../command.ts';
import { EXIT_DRIFT, EXIT_MISSING } from '../exit-codes.ts';
import { withGiven } from '../selection/given-options.ts';
import { openShard, runsOf, type ShardFile } from './shard-files.ts';

export interface JoinedShards {
  readonly asked: AskedBatch;
  readonly made: MadeBatch;
  /** What the batch was asked for with, and `merge` besides. */
  readonly args: Arguments;
}

/**
 * Puts the runs of all shards of a batch where it would have put them itself. What does not belong
 * together, or is not all there, is refused before anything is written.
 */
export async function joinShards(files: readonly string[], args: Arguments): Promise<JoinedShards> {
  const shards = files.map(openShard);
  const first = shards[0]!;
  refuseOtherCode(first);
  for (const other of shards) refuseStranger(first, other);
  refuseGaps(shards);
  const { name, scenarios, options } = first.head;
  const all = withGiven({ ...options, name: [name] }, args);
  const asked = await askedBatch(scenarios, all);
  const batch = asked.batchOf(asked.scenarios);
  refuseOtherPlan(first, batch);
  for (const shard of shards) check(shard, batch.plan);
  for (const shard of shards) adopt(shard, batch);
  return { asked, made: { batch, unreached: [] }, args: all };
}

/** Shards of two batches, or made by two states of the program. */
function refuseStranger(first: ShardFile, other: ShardFile): void {
  const same = (of: (head: ShardHead) => unknown) => {
    return JSON.stringify(of(first.head)) === JSON.stringify(of(other.head));
  };
  const differs = [
    ['another version of gfpsim', same(({ gfpsim, code }) => [gfpsim, code])],
    ['another batch', same(({ plan, kind, name, scenarios }) => [plan, kind, name, scenarios])],
    ['another batch', same(({ options }) => options)],
    [`a batch in ${other.head.shard.count} shards`, same(({ shard }) => shard.count)],
  ] as const;
  const found = differs.find(([, isSame]) => !isSame);
  if (found === undefined) return;
  throw new UserError(`it is of ${found[0]}, unlike ${first.file}`, {
    at: { file: other.file },
    exitCode: EXIT_MISSING,
  });
}

function refuseGaps(shards: readonly ShardFile[]): void {
  const { count } = shards[0]!.head.shard;
  const there = new Set(shards.map(({ head }) => head.shard.index));
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((i) => !there.has(i));
  if (missing.length === 0) return;
  const shown = missing.slice(0, 8).join(', ') + (missing.length > 8 ? ', …' : '');
  throw new UserError(`${missing.length} of ${count} shards are not there: ${shown}`, {
    exitCode: EXIT_MISSING,
    hint: `gfpsim run … --shard ${missing[0]}/${count} makes one`,
  });
}

function refuseOtherCode({ file, head: { gfpsim, code } }: ShardFile): void {
  if (code === codeHash()) return;
  throw new UserError(`made by another version of gfpsim (${gfpsim}, code ${code})`, {
    at: { file },
    exitCode: EXIT_MISSING,
  });
}

function refuseOtherPlan({ file, head }: ShardFile, { plan, kind }: Batch): void {
  if (head.plan === plan.hash && head.kind === kind) return;
  throw new UserError('its scenarios, or variants of your own, have changed since', {
    at: { file },
    exitCode: EXIT_MISSING,
  });
}

/** Every run is the planned one, and whole. */
function check(shard: ShardFile, plan: RunPlan): void {
  for (const [{ id, spec }, text] of runsOf(shard, plan.part(shard.head.shard))) {
    if (decodeRun(text, id, spec) !== null) continue;
    throw new UserError(`the run ${id} in it is damaged`, {
      at: { file: shard.file },
      exitCode: EXIT_MISSING,
    });
  }
}

function adopt(shard: ShardFile, { plan, store }: Batch): void {
  for (const [{ id }, text] of runsOf(shard, plan.part(shard.head.shard))) {
    const there = store.text(id);
    if (there === text) continue;
    if (there === undefined || !isWholeRun(there)) {
      store.putText(id, text);
      continue;
    }
    throw new UserError(`the run ${id} in it gave other events than one that is stored`, {
      at: { file: shard.file },
      exitCode: EXIT_DRIFT,
      hint: `the stored one is below ${store.folder}`,
    });
  }
}
