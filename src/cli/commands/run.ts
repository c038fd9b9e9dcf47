import { listOf, textOf } from '../arguments.ts';
import type { Command } from '../command.ts';
import { OVERRIDE_OPTIONS } from '../common-options.ts';
import { EXIT_THRESHOLD } from '../exit-codes.ts';

const command: Command = {
  name: 'run',
  summary: 'The main job: scenarios × variants × seeds, compared with the baseline variant',
  usage: 'run [scenario..]',
  example: ['gfpsim run rfc-2018/drain -V quiet-2011,rfc-strict', 'two proposals under one load'],
  formats: ['text', 'mmtests', 'markdown', 'json', 'ndjson', 'csv'],
  positionals: {
    scenario: { describe: 'Files, folders or bundled names; the suite rfc-2018', array: true },
  },
  options: {
    ...OVERRIDE_OPTIONS,
    fresh: { type: 'boolean', describe: 'Take no stored run; so far none is ever taken' },
    out: { alias: 'o', type: 'string', describe: 'Folder that holds results folders (results)' },
    vectors: { type: 'string', describe: 'Time series of every run: a row every 100ms, or so' },
    name: { type: 'string', describe: 'Name of the results folder' },
  },
  async run(args, terminal) {
    const [{ selectScenarios }, { loadSelection }, { runPlan }, report] = await Promise.all([
      import('../suites.ts'),
      import('../load-selection.ts'),
      import('../run-plan.ts'),
      import('../run-report.ts'),
    ]);
    const selection = selectScenarios(listOf(args, 'scenario'));
    const { catalogs, loaded } = await loadSelection(selection.files, args);
    const period = textOf(args, 'vectors');
    const samplePeriodNs = period === undefined ? undefined : report.samplePeriod(period);
    const outcome = await runPlan(loaded, catalogs, terminal, samplePeriodNs);
    const folder = report.resultsFolder(textOf(args, 'out'), textOf(args, 'name'), selection.name);
    const reports = report.buildReports(outcome, catalogs);
    report.writeResults(folder, { outcome, reports, loaded, catalogs });
    terminal.note(`${outcome.results.length} runs, results in ${folder}`);
    const broken = report.brokenDemands(outcome);
    for (const line of broken) terminal.note(line);
    const formats = await report.loadFormats();
    return {
      render: (format) => formats.get(format).renderAll(reports),
      ...(broken.length === 0
        ? {}
        : { exitCode: EXIT_THRESHOLD, reason: `${broken.length} expectations are not met` }),
    };
  },
};

export default command;
