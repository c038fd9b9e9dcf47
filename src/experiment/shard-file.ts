import { hashedLines, textOfHashed } from './hashed-lines.ts';
import type { Shard } from './plan.ts';

// A shard: some runs of a plan, in one file that can be carried to where all are joined.
//
//   gfpsim-shard 1 HASH   of the next line
//   {head}                which part of which plan, made by what, and how to ask for it again
//   gfpsim-run 1 HASH     the first run, as it is stored
//   {id, …}
//   …                     and all others, in the order of the plan

const MAGIC = 'gfpsim-shard 1';

export interface ShardHead {
  readonly shard: Shard;
  /** Of the results: a folder's. */
  readonly name: string;
  readonly runs: number;
  /** Hash of the plan, which all shards of a batch have in common. */
  readonly plan: string;
  /** Version, and hash of the code that made the runs. */
  readonly gfpsim: string;
  readonly code: string;
  /** Tells runs apart that keep more or less of what happened. */
  readonly kind: string;
  /** The words and options that the batch was asked for with. */
  readonly scenarios: readonly string[];
  readonly options: Readonly<Record<string, readonly string[]>>;
}

export function encodeShardHead(head: ShardHead): string {
  return hashedLines(MAGIC, JSON.stringify(head));
}

/** null where this is no beginning of a shard, or not the one that was written. */
export function decodeShardHead(lines: string): ShardHead | null {
  const text = textOfHashed(MAGIC, lines);
  return text === null ? null : (JSON.parse(text) as ShardHead);
}
