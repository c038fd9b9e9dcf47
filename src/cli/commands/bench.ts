import { countOf, listOf } from '../arguments.ts';
import type { Command } from '../command.ts';
import { OVERRIDE_OPTIONS, scenarioPositional } from '../common-options.ts';

const ROUNDS = 5;
const ROUNDS_MAX = 1000;

const command: Command = {
  name: 'bench',
  summary: 'How fast runs are on this machine: allocations and events a second of CPU time',
  usage: 'bench [scenario..]',
  example: ['gfpsim bench rfc-2018/injection', 'what a run of it takes, of its first proposal'],
  formats: ['text', 'json'],
  positionals: scenarioPositional('churn and drain on each kernel'),
  options: {
    ...OVERRIDE_OPTIONS,
    rounds: {
      type: 'string',
      describe: `Timed runs of each, of which the fastest counts (${ROUNDS})`,
    },
  },
  async run(args, terminal) {
    const { benchOutput, ownLoads } = await import('../bench/bench-output.ts');
    const rounds = countOf(args, 'rounds', 1, ROUNDS_MAX) ?? ROUNDS;
    const words = listOf(args, 'scenario');
    if (words.length === 0) {
      const { loadCatalogs } = await import('../load-catalogs.ts');
      const catalogs = await loadCatalogs();
      return benchOutput(ownLoads(catalogs), { catalogs, rounds }, terminal);
    }
    const { selectScenarios } = await import('../selection/suites.ts');
    const { loadSelection } = await import('../selection/load-selection.ts');
    const { loaded, catalogs } = await loadSelection(selectScenarios(words).files, args);
    const loads = loaded.map(({ scenario }) => ({ name: scenario.name, scenario }));
    return benchOutput(loads, { catalogs, rounds }, terminal);
  },
};

export default command;
