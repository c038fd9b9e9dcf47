import { UserError } from '../../base/user-error.ts';
import type { Shard } from '../../experiment/plan.ts';

/** More parts than this are a slip. */
export const SHARDS_MAX = 100_000;
const AUTO = 'auto';

export interface ShardWish {
  readonly shard: Shard;
  /** The variable that says so; undefined: the option itself. */
  readonly by?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** `--shard 2/4`, or `auto`: as the surroundings say which of many equal jobs this one is. */
export function shardWish(written: string, env: Variables): ShardWish {
  if (written !== AUTO) return { shard: parseShard(written, '--shard') };
  const found = SOURCES.find(({ name }) => isSet(env, name));
  if (found !== undefined) return { shard: found.read(env), by: found.name };
  throw new UserError('--shard auto: nothing says which part this is', {
    expected: `one of ${SOURCES.map(({ name }) => name).join(', ')}; or --shard 2/4`,
  });
}

interface ShardSource {
  readonly name: string;
  read(env: Variables): Shard;
}

/** In this order: a job array within a CI's job knows better than that. */
const SOURCES: readonly ShardSource[] = [
  {
    name: 'SLURM_ARRAY_TASK_ID',
    read: (env) => {
      const [id, first] = [whole(env, 'SLURM_ARRAY_TASK_ID'), whole(env, 'SLURM_ARRAY_TASK_MIN')];
      const count = whole(env, 'SLURM_ARRAY_TASK_COUNT');
      // --array=0-6:2 has steps, and a list of ids has none that would tell a task's place.
      const step = isSet(env, 'SLURM_ARRAY_TASK_STEP') ? whole(env, 'SLURM_ARRAY_TASK_STEP') : 1;
      return numbered('SLURM_ARRAY_TASK_ID', (id - first) / Math.max(step, 1) + 1, count);
    },
  },
  {
    name: 'JOB_COMPLETION_INDEX',
    read: (env) => {
      const count = whole(env, 'GFPSIM_SHARD_TOTAL');
      return numbered('JOB_COMPLETION_INDEX', whole(env, 'JOB_COMPLETION_INDEX') + 1, count);
    },
  },
  {
    name: 'CI_NODE_INDEX',
    read: (env) => {
      return numbered('CI_NODE_INDEX', whole(env, 'CI_NODE_INDEX'), whole(env, 'CI_NODE_TOTAL'));
    },
  },
  {
    name: 'GFPSIM_SHARD',
    read: (env) => parseShard(env['GFPSIM_SHARD'] ?? '', 'GFPSIM_SHARD'),
  },
];

function parseShard(written: string, of: string): Shard {
  const found = /^\s*(\d{1,9})\s*\/\s*(\d{1,9})\s*$/.exec(written);
  if (found !== null) return numbered(of, Number(found[1]), Number(found[2]));
  throw new UserError(`${of} '${written.slice(0, 40)}' names no part`, {
    expected: 'INDEX/COUNT from 1, such as 2/4, or auto',
  });
}

function numbered(of: string, index: number, count: number): Shard {
  const isPart = Number.isInteger(index) && index >= 1 && index <= count && count <= SHARDS_MAX;
  if (isPart) return { index, count };
  throw new UserError(`${of}: there is no part ${index} of ${count}`, {
    expected: `a part from 1 to the count, which is at most ${SHARDS_MAX}`,
  });
}

function isSet(env: Variables, name: string): boolean {
  return (env[name] ?? '') !== '';
}

function whole(env: Variables, name: string): number {
  const text = env[name] ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UserError(
    text === '' ? `--shard auto: ${name} is not set` : `${name} '${text.slice(0, 40)}'`,
    { expected: 'a whole number' },
  );
}
