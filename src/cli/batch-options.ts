import type { OptionTable } from './command.ts';

/** Where results are, and are put. */
export const OUT_OPTION: OptionTable = {
  out: {
    alias: 'o',
    type: 'string',
    words: ['<folders>'],
    describe: 'Folder that holds results folders (results)',
  },
};

/** Options of the commands that make many runs. */
export const BATCH_OPTIONS: OptionTable = {
  jobs: { alias: 'j', type: 'string', describe: 'Worker threads (as many as there are CPUs)' },
  fresh: { type: 'boolean', describe: 'Make every run again, whatever is stored' },
  ...OUT_OPTION,
  param: {
    alias: 'P',
    type: 'string',
    describe: 'PATH=a,b,c or PATH=1GiB..8GiB step 1GiB: a scenario for each; repeatable',
  },
};

export const DEFAULT_OUT = 'results';
