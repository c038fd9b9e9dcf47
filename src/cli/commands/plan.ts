import { countOf, listOf, textOf } from '../arguments.ts';
import {
  DEFAULT_OUT,
  NAME_OPTION,
  OUT_OPTION,
  PARAM_OPTION,
  VECTORS_OPTION,
} from '../batch-options.ts';
import type { Command } from '../command.ts';
import { OVERRIDE_OPTIONS, scenarioPositional } from '../common-options.ts';

const command: Command = {
  name: 'plan',
  summary: 'The runs that run would make, and files that hand out shards of them',
  usage: 'plan [scenario..]',
  example: ['gfpsim plan rfc-2018 -r 1000 --shards 8 --format slurm', 'a job array for sbatch'],
  formats: ['text', 'json', 'csv', 'slurm', 'github-matrix', 'k8s', 'parallel'],
  positionals: scenarioPositional('the suite rfc-2018'),
  options: {
    ...OVERRIDE_OPTIONS,
    ...PARAM_OPTION,
    ...OUT_OPTION,
    ...VECTORS_OPTION,
    ...NAME_OPTION,
    shards: { type: 'string', describe: 'Parts that the runs are to be made in' },
  },
  async run(args) {
    const [{ askedBatch }, { SHARDS_MAX }, { planOutput }] = await Promise.all([
      import('../batch/asked-batch.ts'),
      import('../shards/shard.ts'),
      import('../shards/plan-output.ts'),
    ]);
    const shards = countOf(args, 'shards', 1, SHARDS_MAX);
    const asked = await askedBatch(listOf(args, 'scenario'), args);
    const out = textOf(args, 'out') ?? DEFAULT_OUT;
    return planOutput({ asked, shards, out, args });
  },
};

export default command;
