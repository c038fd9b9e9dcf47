import { listOf } from '../arguments.ts';
import { NAME_OPTION, OUT_OPTION, STRICT_OPTION } from '../batch-options.ts';
import type { Command } from '../command.ts';
import { REPORT_FORMATS } from '../output/report-formats.ts';
import { FIGURE_FORMATS, PLOT_OPTIONS } from '../pages/figure-folder.ts';

const command: Command = {
  name: 'merge',
  summary: 'Joins all shards of a batch: the results are those of one run of it all',
  usage: 'merge <shard..>',
  example: [
    'gfpsim merge results/drain.1-of-2.shard results/drain.2-of-2.shard',
    'what run rfc-2018/drain --shard 1/2 and --shard 2/2 have made',
  ],
  formats: REPORT_FORMATS,
  folders: FIGURE_FORMATS,
  positionals: {
    shard: { describe: 'Files of run --shard, all of one batch', array: true, words: ['<files>'] },
  },
  options: { ...OUT_OPTION, ...PLOT_OPTIONS, ...NAME_OPTION, ...STRICT_OPTION },
  async run(args, terminal) {
    const { joinShards } = await import('../shards/join-shards.ts');
    const joined = await joinShards(listOf(args, 'shard'), args);
    const { finishBatch } = await import('../batch/finish-batch.ts');
    return finishBatch(joined.asked, joined.made, joined.args, terminal);
  },
};

export default command;
