import { z } from 'zod';
import { RESULTS_SCHEMA_VERSION } from './results-layout.ts';

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
});

const DIFFERENCE = z.strictObject({
  estimate: ESTIMATE,
  method: z.enum(['identical', 'exact', 'paired-t', 'newcombe', 'restricted-mean']),
  horizon: z.number().optional(),
  mcnemar: z.number().optional(),
});

const COMPARISON = z.strictObject({
  metric: z.string(),
  variant: z.string(),
  summary: z.discriminatedUnion('kind', [MEAN, PROPORTION, SURVIVAL]).nullable(),
  difference: DIFFERENCE.nullable().meta({ description: 'Variant minus baseline, by pairs' }),
  identical: z.boolean(),
  verdict: z.enum(['better', 'worse', 'differs', 'same', 'unclear', 'baseline', 'no data']),
});

/** The shape of summary.json. */
export const SUMMARY_SCHEMA = z
  .strictObject({
    schemaVersion: z.literal(RESULTS_SCHEMA_VERSION),
    scenarios: z.array(
      z.strictObject({
        name: z.string(),
        question: z.string(),
        kernel: z.string(),
        baseline: z.string(),
        variants: z.array(z.string()),
        replications: z.int(),
        seed: z.string(),
        comparisons: z.array(COMPARISON),
      }),
    ),
  })
  .meta({ title: 'gfpsim results: summary.json' });

export function resultsJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(SUMMARY_SCHEMA) };
}
