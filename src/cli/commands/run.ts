import type { Scenario } from '../../scenario/scenario.ts';
import { countOf, listOf, textOf } from '../arguments.ts';
import type { Batch, MadeBatch } from '../batch/batch.ts';
import { BATCH_OPTIONS, NAME_OPTION, STRICT_OPTION, VECTORS_OPTION } from '../batch-options.ts';
import type { Arguments, Command } from '../command.ts';
import { OVERRIDE_OPTIONS, scenarioPositional } from '../common-options.ts';
import { REPORT_FORMATS } from '../output/report-formats.ts';
import { FIGURE_FORMATS, PLOT_OPTIONS } from '../pages/figure-folder.ts';
import type { Terminal } from '../terminal/terminal.ts';

const MOST_RUNS = 1000;

const command: Command = {
  name: 'run',
  summary: 'The main job: scenarios × variants × seeds, compared with the baseline variant',
  usage: 'run [scenario..]',
  example: ['gfpsim run rfc-2018/drain -V quiet-2011,rfc-strict', 'two proposals under one load'],
  formats: REPORT_FORMATS,
  folders: FIGURE_FORMATS,
  positionals: scenarioPositional('the suite rfc-2018'),
  options: {
    ...OVERRIDE_OPTIONS,
    ...BATCH_OPTIONS,
    ...PLOT_OPTIONS,
    ...VECTORS_OPTION,
    events: { type: 'string', describe: 'Every event of every run: a file each, or all in this' },
    ...NAME_OPTION,
    precision: { type: 'string', describe: 'Runs until key metrics are known to 5%, or so' },
    'max-reps': { type: 'string', describe: 'With --precision: no more runs a variant (1000)' },
    shard: { type: 'string', describe: 'INDEX/COUNT or auto: a part of the runs, for merge' },
    ...STRICT_OPTION,
  },
  async run(args, terminal) {
    const { askedBatch } = await import('../batch/asked-batch.ts');
    const wished = textOf(args, 'shard');
    const { shardWish } = await import('../shards/shard.ts');
    const wish = wished === undefined ? undefined : shardWish(wished, process.env);
    const asked = await askedBatch(listOf(args, 'scenario'), args);
    if (wish !== undefined) {
      const { makeShard } = await import('../shards/make-shard.ts');
      return makeShard(asked, wish, args, terminal);
    }
    const made = await makeRuns(asked.scenarios, args, { terminal, batchOf: asked.batchOf });
    const { finishBatch } = await import('../batch/finish-batch.ts');
    return finishBatch(asked, made, args, terminal);
  },
};

export default command;

interface Making {
  readonly terminal: Terminal;
  batchOf(scenarios: readonly Scenario[]): Batch;
}

/** As many runs as the scenarios say, or as the precision takes. */
async function makeRuns(
  scenarios: readonly Scenario[],
  args: Arguments,
  { terminal, batchOf }: Making,
): Promise<MadeBatch> {
  const written = textOf(args, 'precision');
  if (written === undefined) {
    const batch = batchOf(scenarios);
    await (await import('../batch/make-batch.ts')).makeBatch(batch, terminal);
    return { batch, unreached: [] };
  }
  const { makePrecise, precisionOf } = await import('../batch/precise-batch.ts');
  const gamma = precisionOf(written);
  const most = countOf(args, 'max-reps', 2) ?? MOST_RUNS;
  return makePrecise({ scenarios, gamma, most, batchOf }, terminal);
}
