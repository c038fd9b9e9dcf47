import type { OptionTable } from './command.ts';

/** Options of every command. */
export const GLOBAL_OPTIONS: OptionTable = {
  format: { type: 'string', words: ['<formats>'], describe: 'Format on stdout' },
  export: {
    type: 'string',
    words: ['<formats=>', '<files>'],
    describe: 'FORMAT=FILE, written besides; repeatable; -: stdout',
  },
  color: { type: 'string', choices: ['auto', 'always', 'never'], describe: 'Colours' },
  'no-progress': { type: 'boolean', describe: 'No progress line' },
  quiet: { alias: 'q', type: 'boolean', describe: 'Only data and errors' },
  verbose: { alias: 'v', type: 'boolean', describe: 'More talk on stderr' },
  directory: {
    alias: 'C',
    type: 'string',
    words: ['<folders>'],
    describe: 'Work in this directory',
  },
};

/** What yargs itself adds to them. */
export const HELP_OPTIONS: OptionTable = {
  help: { alias: 'h', type: 'boolean', describe: 'Show help' },
  version: { type: 'boolean', describe: 'Show version number' },
};
