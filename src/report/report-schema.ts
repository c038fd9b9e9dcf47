import * as z from 'zod';
import {
  COMPARISON_SCHEMA,
  OVERALL_SCHEMA,
  openJsonSchema,
  WARNING_SCHEMA,
} from '../experiment/results-schema.ts';
import { REPORT_SCHEMA_VERSION } from './report.ts';

const UNIT = z
  .enum(['ns', 'bytes', 'pages', 'count', 'ratio', 'flag', 'index'])
  .meta({ description: 'Of all numbers of this metric' });
const BETTER = z.enum(['higher', 'lower', 'neither']);

const GATE = {
  variant: z.string(),
  metric: z.string(),
  unit: UNIT,
  threshold: z.string(),
  verdict: z.enum(['passed', 'failed', 'unclear', 'within', 'no data']),
  estimate: z
    .strictObject({
      value: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      n: z.int(),
      exact: z.boolean().optional(),
    })
    .nullable()
    .meta({ description: 'What the threshold is about; a limit that is not known is null' }),
  before: z.number().nullable().meta({ description: 'Of a change: the mean of the baseline' }),
  p: z.number().optional().meta({ description: 'Of the limit, adjusted by Holm' }),
  note: z.string().optional(),
};

const HEAD = {
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  name: z.string(),
  question: z.string(),
  kernel: z.string(),
  baseline: z.string(),
  replications: z.int(),
  seed: z.string(),
  load: z.string().meta({ description: 'The load in words' }),
  sampling: z.enum(['none', 'one-run', 'all-alike', 'sampled']),
  pairedBy: z.enum(['seed', 'number']).meta({
    description: 'number: of different seeds, so that runs of one number are no pairs',
  }),
  headline: z.array(z.string()).meta({ description: 'The answer in sentences' }),
  ties: z.array(z.array(z.string())).meta({ description: 'Variants that nothing tells apart' }),
  warnings: z.array(WARNING_SCHEMA),
};

const METRIC = z.strictObject({
  name: z.string(),
  summary: z.string(),
  unit: UNIT,
  better: BETTER,
  key: z.boolean(),
});

const ROW = z.strictObject({
  variant: z.string(),
  tiedWith: z.string().nullable(),
  bound: z.boolean(),
  runs: z.int(),
  pairs: z.int().meta({ description: 'Of the runs, those of a number that the baseline has' }),
  ends: z.record(z.string(), z.int()).meta({ description: 'How the runs ended, how many so' }),
  results: z.array(COMPARISON_SCHEMA).meta({ description: 'In the order of metrics' }),
});

/** One load, as `--format json` has it. */
export const LOAD_SCHEMA = z.strictObject({
  ...HEAD,
  metrics: z.array(METRIC),
  rows: z.array(ROW).meta({ description: 'Variants, the baseline first' }),
  gates: z.array(z.strictObject(GATE)),
});

/** What `--format json` writes. */
export const REPORT_SCHEMA = z
  .strictObject({
    schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
    loads: z.array(LOAD_SCHEMA),
    overall: z.array(OVERALL_SCHEMA),
  })
  .meta({ title: 'gfpsim report: --format json of run, check, compare and report' });

/** A line of `--format ndjson`. */
export const LINE_SCHEMA = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('load'), ...HEAD }),
    z.strictObject({
      type: z.literal('result'),
      load: z.string(),
      tiedWith: z.string().nullable(),
      unit: UNIT,
      better: BETTER,
      ...COMPARISON_SCHEMA.shape,
    }),
    z.strictObject({ type: z.literal('gate'), load: z.string(), ...GATE }),
    z.strictObject({ type: z.literal('overall'), ...OVERALL_SCHEMA.shape }),
  ])
  .meta({ title: 'gfpsim report: a line of --format ndjson' });

export function reportJsonSchema(): Record<string, unknown> {
  return openJsonSchema(REPORT_SCHEMA);
}

export function lineJsonSchema(): Record<string, unknown> {
  return openJsonSchema(LINE_SCHEMA);
}
