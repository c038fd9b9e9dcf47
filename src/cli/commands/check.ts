import { counted } from '../../base/counted.ts';
import { flagOf, listOf, textOf } from '../arguments.ts';
import { BATCH_OPTIONS, DEFAULT_OUT } from '../batch-options.ts';
import type { Command, CommandOutput } from '../command.ts';
import { OVERRIDE_OPTIONS } from '../common-options.ts';
import { EXIT_DRIFT, EXIT_THRESHOLD } from '../exit-codes.ts';
import { loadFormats, REPORT_FORMATS } from '../output/report-formats.ts';
import { withGiven } from '../selection/given-options.ts';

const DEFAULT_SUITE = 'smoke';

const command: Command = {
  name: 'check',
  summary: 'Run, hold every run to the committed baseline, and gate: for continuous integration',
  usage: 'check [scenario..]',
  example: ['gfpsim check smoke', 'exit 4 when the model has moved, 3 when it has become worse'],
  formats: REPORT_FORMATS,
  positionals: {
    scenario: {
      describe: 'As for run; without any, what the baseline was made of',
      array: true,
      words: ['<scenarios>', '<files>'],
    },
  },
  options: {
    ...OVERRIDE_OPTIONS,
    ...BATCH_OPTIONS,
    baseline: {
      alias: 'b',
      type: 'string',
      words: ['<baselines>'],
      describe: 'Name of the baseline (of the suite)',
    },
    threshold: {
      alias: 't',
      type: 'string',
      words: ['<metrics>'],
      describe: 'METRIC:+5%, METRIC.p99<500, METRIC@VARIANT>=1; repeatable',
    },
    'allow-drift': { type: 'boolean', describe: 'Other events are no fault; numbers still are' },
  },
  async run(args, terminal) {
    const [files, { loadSelection }, { selectScenarios }, { batchOf }, checks, gates] =
      await Promise.all([
        import('../baselines/baseline-files.ts'),
        import('../selection/load-selection.ts'),
        import('../selection/suites.ts'),
        import('../batch/batch-of.ts'),
        import('../baselines/check-batch.ts'),
        import('../baselines/check-thresholds.ts'),
      ]);
    const out = textOf(args, 'out') ?? DEFAULT_OUT;
    const words = listOf(args, 'scenario');
    const suite = words.length === 0 ? DEFAULT_SUITE : selectScenarios(words).name;
    const baseline = files.loadBaseline(out, textOf(args, 'baseline') ?? suite);
    const asked = withGiven(baseline.request.options, args);
    const named = words.length === 0 ? baseline.request.scenarios : words;
    const selection = await loadSelection(selectScenarios(named).files, asked);
    const metrics = selection.catalogs.metrics.all();
    const scenarios = selection.loaded.map(({ scenario }) => scenario);
    const variants = [...new Set(scenarios.flatMap((scenario) => scenario.variants))];
    const given = listOf(args, 'threshold');
    const demands = { given, baseline, metrics, variants };
    const written = gates.writtenThresholds(demands, terminal);
    const thresholdsFor = gates.thresholdsFor(written, metrics);
    const batch = batchOf(selection, asked, scenarios);
    await (await import('../batch/make-batch.ts')).makeBatch(batch, terminal);
    const { requestOf } = await import('../baselines/baseline-batch.ts');
    const { hashes } = requestOf(named, asked, selection);
    const allowDrift = flagOf(args, 'allow-drift');
    const input = { batch, baseline, allowDrift, hashes, thresholdsFor };
    const outcome = checks.checkBatch(input, terminal);
    gates.tellUnjudged(outcome.reports, written, terminal);
    const formats = await loadFormats();
    gates.writeJobSummary(formats, outcome.reports);
    return {
      render: (format) => formats.get(format).renderAll(outcome.reports),
      ...verdictOf(outcome, allowDrift),
    };
  },
};

export default command;

type Outcome = ReturnType<typeof import('../baselines/check-batch.ts')['checkBatch']>;

/** Drift goes first: it explains whatever else has changed. */
function verdictOf(
  { drifted, failed, gates, first }: Outcome,
  allowDrift: boolean,
): Pick<CommandOutput, 'exitCode' | 'reason'> {
  const regressions = `${failed} of ${gates} gates failed`;
  if (drifted > 0 && !allowDrift) {
    const also = failed > 0 ? `; ${regressions}` : '';
    return {
      exitCode: EXIT_DRIFT,
      reason: `${counted(drifted, 'run')} left the baseline: ${first}${also}`,
    };
  }
  return failed > 0 ? { exitCode: EXIT_THRESHOLD, reason: regressions } : {};
}
