import * as z from 'zod';
import { RESULTS_SCHEMA_VERSION } from './results-layout.ts';
import { RUN_WARNINGS } from './run-warnings.ts';

const ESTIMATE = z
  .strictObject({
    value: z.number(),
    low: z.number(),
    high: z.number(),
    n: z.int().min(0),
    exact: z.boolean().optional(),
  })
  .meta({ description: 'A value with its 95 % interval over n runs or pairs; exact: no interval' });

const MEAN = z.strictObject({
  kind: z.literal('mean'),
  estimate: ESTIMATE,
  deviation: z.number(),
  min: z.number(),
  median: z.number(),
  max: z.number(),
});

const PROPORTION = z.strictObject({
  kind: z.literal('proportion'),
  hits: z.int(),
  estimate: ESTIMATE,
});

const SURVIVAL = z.strictObject({
  kind: z.literal('survival'),
  n: z.int(),
  died: z.int(),
  median: z
    .strictObject({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })
    .nullable(),
  horizon: z.number(),
  survived: ESTIMATE,
  restrictedMean: ESTIMATE,
  curve: z.array(z.strictObject({ time: z.number(), survival: z.number(), atRisk: z.int() })),
  steps: z.array(
    z.strictObject({
      time: z.number(),
      survival: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
    }),
  ),
});

const METHODS = ['identical', 'exact', 'paired-t', 'bootstrap', 'newcombe', 'restricted-mean'];

const DIFFERENCE = z.strictObject({
  estimate: ESTIMATE,
  method: z.enum(METHODS),
  p: z.number().optional().meta({ description: 'Two-sided, of no difference; sampled ones only' }),
  q: z.number().optional().meta({ description: 'p adjusted by Benjamini and Hochberg' }),
  horizon: z.number().optional(),
  mcnemar: z.number().optional(),
  logRank: z.strictObject({ chiSquare: z.number(), p: z.number() }).optional(),
  cliffsDelta: z.number().optional(),
  varianceReduction: z.number().optional(),
  correlation: z.number().optional(),
});

export const COMPARISON_SCHEMA = z.strictObject({
  metric: z.string(),
  variant: z.string(),
  summary: z.discriminatedUnion('kind', [MEAN, PROPORTION, SURVIVAL]).nullable(),
  difference: DIFFERENCE.nullable().meta({ description: 'Variant minus baseline, by pairs' }),
  identical: z.boolean(),
  verdict: z.enum(['better', 'worse', 'differs', 'same', 'unclear', 'baseline', 'no data']),
});

export const OVERALL_SCHEMA = z
  .strictObject({
    metric: z.string(),
    variant: z.string(),
    baseline: z.string(),
    loads: z.int(),
    observed: z.number(),
    expected: z.number(),
    chiSquare: z.number(),
    p: z.number(),
  })
  .meta({ description: 'Times to an event over all loads: log-rank test, stratified by load' });

export const WARNING_SCHEMA = z
  .strictObject({ id: z.enum(RUN_WARNINGS.map(({ id }) => id)), text: z.string() })
  .meta({ description: 'A warning, which gfpsim explain ID tells how to act on' });

const HEAD = {
  name: z.string(),
  question: z.string(),
  kernel: z.string(),
  load: z.string(),
  baseline: z.string(),
  variants: z.array(z.string()),
  bounds: z.array(z.string()),
  metrics: z.array(z.string()).optional(),
  warnings: z.array(WARNING_SCHEMA),
  replications: z.int(),
  seed: z.string(),
};

/** The shape of summary.json. */
export const SUMMARY_SCHEMA = z
  .strictObject({
    schemaVersion: z.literal(RESULTS_SCHEMA_VERSION),
    scenarios: z.array(z.strictObject({ ...HEAD, comparisons: z.array(COMPARISON_SCHEMA) })),
    overall: z.array(OVERALL_SCHEMA),
  })
  .meta({ title: 'gfpsim results: summary.json' });

/** What a reader needs of summary.json who compares the runs anew. */
export const HEADS_SCHEMA = z.object({
  schemaVersion: z.literal(RESULTS_SCHEMA_VERSION),
  scenarios: z.array(z.object(HEAD)),
});

export function resultsJsonSchema(): Record<string, unknown> {
  return openJsonSchema(SUMMARY_SCHEMA);
}

/**
 * As it is published: a reader lets pass what it does not know. Within a schemaVersion fields may
 * be added; one that goes away, or means something else, raises the version.
 */
export function openJsonSchema(schema: z.ZodType): Record<string, unknown> {
  const written = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return { ...written };
}
