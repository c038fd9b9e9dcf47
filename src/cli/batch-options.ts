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

export const PARAM_OPTION: OptionTable = {
  param: {
    alias: 'P',
    type: 'string',
    describe: 'PATH=a,b,c or PATH=1GiB..8GiB step 1GiB: a scenario for each; repeatable',
  },
};

/** Options of the commands that make many runs. */
export const BATCH_OPTIONS: OptionTable = {
  jobs: { alias: 'j', type: 'string', describe: 'Worker threads (as many as there are CPUs)' },
  fresh: { type: 'boolean', describe: 'Make every run again, whatever is stored' },
  ...OUT_OPTION,
  ...PARAM_OPTION,
};

export const NAME_OPTION: OptionTable = {
  name: { type: 'string', describe: 'Name of the results folder' },
};

export const VECTORS_OPTION: OptionTable = {
  vectors: { type: 'string', describe: 'Time series of every run: a row every 100ms, or so' },
};

export const STRICT_OPTION: OptionTable = {
  strict: { type: 'boolean', describe: 'A limit that was reached is exit 6' },
};

export const DEFAULT_OUT = 'results';
