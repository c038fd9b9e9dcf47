import type { OptionTable, Positional } from './command.ts';

/** Scenarios as they are named; `otherwise`: what is taken where none is. */
export function scenarioPositional(otherwise = ''): Readonly<Record<'scenario', Positional>> {
  const describe = `Files, folders or bundled names${otherwise === '' ? '' : `; ${otherwise}`}`;
  return { scenario: { describe, array: true, words: ['<scenarios>', '<files>'] } };
}

export const KERNEL_OPTION: OptionTable = {
  kernel: {
    alias: 'k',
    type: 'string',
    words: ['<kernels>'],
    describe: 'Kernel profile (4.17), see list kernels',
  },
};

export const FLAG_OPTION: OptionTable = {
  flag: {
    type: 'string',
    describe: 'NAME=BIT: a new gfp flag; add :bits-shift,reclaim-mask where those know it',
  },
};

export const LOCKDEP_OPTION: OptionTable = {
  lockdep: {
    type: 'boolean',
    describe: 'The kernel has lockdep built in: __GFP_NOLOCKDEP is a bit',
  },
};

/** Where a request is made; without any, by an ordinary task. */
export const CONTEXT_OPTIONS: OptionTable = {
  memalloc: { type: 'boolean', describe: 'The task is PF_MEMALLOC' },
  realtime: { type: 'boolean', describe: 'The task is real-time' },
  'oom-victim': { type: 'boolean', describe: 'The OOM killer has chosen the task' },
  hardirq: { type: 'boolean', describe: 'In a hard interrupt' },
  softirq: { type: 'boolean', describe: 'In a soft interrupt' },
  'interrupts-off': { type: 'boolean', describe: 'Interrupts are off' },
};

/** Where the state of a real machine comes from. */
export const PROCFS_OPTION: OptionTable = {
  procfs: {
    type: 'string',
    words: ['<files>'],
    describe: 'Directory with copies of /proc files, or a zoneinfo file',
  },
  dmesg: {
    type: 'string',
    words: ['<files>'],
    describe: 'Kernel log with an allocation failure or OOM report',
  },
};

/** Options of every command that loads scenarios: what they lay over the files. */
export const OVERRIDE_OPTIONS: OptionTable = {
  set: { alias: 's', type: 'string', describe: 'PATH=VALUE over the scenario; repeatable' },
  seed: { type: 'string', describe: 'Seed of all random streams' },
  reps: { alias: 'r', type: 'string', describe: 'Runs of each variant' },
  variant: {
    alias: 'V',
    type: 'string',
    words: ['<variants>', '<files>'],
    describe: 'Variants or files of your own, the baseline first: a,b,./c.js',
  },
  ...FLAG_OPTION,
  mask: { type: 'string', describe: "'id=EXPR': one more variant, by its mask; repeatable" },
};
