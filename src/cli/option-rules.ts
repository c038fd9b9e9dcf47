import { UserError } from '../base/user-error.ts';
import { flagOf, listOf, textOf } from './arguments.ts';
import type { Arguments } from './command.ts';
import { FIGURE_FORMATS } from './pages/figure-folder.ts';

/** Options that name a file or a folder, or what lies in one. */
const NAMES = ['out', 'name', 'directory', 'baseline', 'procfs', 'dmesg'];

/** Refuses what contradicts itself, and what would have no effect: it was meant to have one. */
export function checkOptions(args: Arguments): void {
  if (flagOf(args, 'quiet') && flagOf(args, 'verbose')) {
    throw new UserError('--quiet and --verbose are given together', { expected: 'one of them' });
  }
  const empty = NAMES.find((name) => listOf(args, name).some((text) => text.trim() === ''));
  if (empty !== undefined) throw new UserError(`--${empty} has an empty name`);
  checkPrecision(args);
  checkPlots(args);
  checkShard(args);
}

function checkPrecision(args: Arguments): void {
  const isGiven = (name: string) => textOf(args, name) !== undefined;
  if (isGiven('max-reps') && !isGiven('precision')) {
    throw new UserError('--max-reps limits nothing without --precision', {
      expected: '--precision 5% beside it, or --reps for a number of runs',
    });
  }
  if (isGiven('precision') && isGiven('reps')) {
    throw new UserError('--reps and --precision are given together: both decide how many runs', {
      expected: '--max-reps for the most runs that --precision may take',
    });
  }
}

function checkPlots(args: Arguments): void {
  if (!flagOf(args, 'one-plot')) return;
  const draws = (text: string) => FIGURE_FORMATS.some((format) => text.startsWith(`${format}=`));
  if (listOf(args, 'export').some(draws)) return;
  throw new UserError('--one-plot draws nothing by itself', {
    expected: '--export svg=FOLDER or png=FOLDER beside it',
  });
}

/** Options that judge or draw all runs of a batch. */
const OF_ALL_RUNS: Readonly<Record<string, string>> = {
  precision: '--reps',
  format: '--format with gfpsim merge',
  export: '--export with gfpsim merge',
  strict: '--strict with gfpsim merge',
  events: '--events with gfpsim replay',
};

function checkShard(args: Arguments): void {
  if (args['shard'] === undefined || Array.isArray(args['shard'])) return;
  const given = Object.keys(OF_ALL_RUNS).find((name) => args[name] !== undefined);
  if (given === undefined) return;
  throw new UserError(`--${given} is for all runs, and --shard makes some of them`, {
    expected: OF_ALL_RUNS[given]!,
  });
}
