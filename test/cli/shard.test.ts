import { describe, expect, it } from 'vitest';
import { shardWish } from '../../src/cli/shards/shard.ts';

const SLURM = { SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '4' };

describe('--shard', () => {
  it.each([
    ['1/1', 1, 1],
    ['2/4', 2, 4],
    [' 4 / 4 ', 4, 4],
    ['1/100000', 1, 100_000],
  ])('%s', (written, index, count) => {
    expect(shardWish(written, { GFPSIM_SHARD: '3/3' })).toEqual({ shard: { index, count } });
  });

  it.each(['0/4', '5/4', '2', '2/', '/4', '-1/4', '1.5/4', '1/0', '1/100001', '', 'automatic'])(
    "refuses '%s'",
    (written) => {
      expect(() => shardWish(written, {})).toThrow(/--shard/);
    },
  );
});

describe('--shard auto', () => {
  it.each([
    ['a job array', { ...SLURM, SLURM_ARRAY_TASK_ID: '3' }, 3, 4, 'SLURM_ARRAY_TASK_ID'],
    [
      'one from 0 on in steps',
      {
        SLURM_ARRAY_TASK_ID: '6',
        SLURM_ARRAY_TASK_MIN: '0',
        SLURM_ARRAY_TASK_STEP: '2',
        SLURM_ARRAY_TASK_COUNT: '4',
      },
      4,
      4,
      'SLURM_ARRAY_TASK_ID',
    ],
    [
      'an indexed job, which counts from 0',
      { JOB_COMPLETION_INDEX: '0', GFPSIM_SHARD_TOTAL: '3' },
      1,
      3,
      'JOB_COMPLETION_INDEX',
    ],
    ['a node of a CI', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '5' }, 2, 5, 'CI_NODE_INDEX'],
    ['our own variable', { GFPSIM_SHARD: '2/3' }, 2, 3, 'GFPSIM_SHARD'],
    [
      'the first of several',
      { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '5', ...SLURM, SLURM_ARRAY_TASK_ID: '1' },
      1,
      4,
      'SLURM_ARRAY_TASK_ID',
    ],
    ['what is set to something', { CI_NODE_INDEX: '', GFPSIM_SHARD: '1/2' }, 1, 2, 'GFPSIM_SHARD'],
  ])('follows %s', (_what, env, index, count, by) => {
    expect(shardWish('auto', env)).toEqual({ shard: { index, count }, by });
  });

  it.each([
    ['nothing is set', {}, /nothing says which part this is/],
    ['a total is missing', { JOB_COMPLETION_INDEX: '1' }, /GFPSIM_SHARD_TOTAL is not set/],
    [
      'the ids of an array are a list',
      { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '3' },
      /SLURM_ARRAY_TASK_ID: there is no part 7 of 3/,
    ],
    ['an id is no number', { CI_NODE_INDEX: 'two', CI_NODE_TOTAL: '5' }, /CI_NODE_INDEX 'two'/],
    ['ours names no part', { GFPSIM_SHARD: '3' }, /GFPSIM_SHARD '3' names no part/],
  ])('refuses when %s', (_what, env, message) => {
    expect(() => shardWish('auto', env)).toThrow(message);
  });
});
