import * as z from 'zod';
import { countField, textField } from './schema-fields.ts';

/**
 * What a scenario claims of its runs:
 *
 *   min, max    limits. Of: every run; the mean over the runs; the difference from the baseline,
 *               run by run; the share of runs whose event has not come up to `at`
 *   theory      a number that the interval of that estimate must hold
 *   same-as     another variant whose runs are the same to the last event
 *
 * An estimate without a limit is none, and only there for the answer.
 */
export const EXPECT_SCHEMA = z
  .strictObject({
    metric: textField({ description: 'Metric', examples: ['kmemleak_alive'] }).optional(),
    variant: textField({ description: 'Variant', examples: ['pool-5.4'] }),
    of: z
      .enum(['runs', 'mean', 'difference', 'survival'])
      .optional()
      .meta({ description: 'Of what: every run (default), the mean over them, …' }),
    at: z.number().min(0).optional().meta({ description: 'For survival: up to here' }),
    min: z.number().optional(),
    max: z.number().optional(),
    theory: z
      .number()
      .optional()
      .meta({
        description: 'What a closed form says: the interval must hold it',
        examples: [11.1],
      }),
    'same-as': textField({
      description: 'A variant with the very same runs',
      examples: ['rfc-nowait'],
    }).optional(),
    why: textField({ description: 'Why it must hold', examples: ['the pool has spares'] }),
  })
  .meta({ description: 'What must hold for the runs of a variant' });

/** A proposal that differs from another in one thing or two. */
export const DERIVED_SCHEMA = z
  .strictObject({
    from: textField({ description: 'The proposal it is made from', examples: ['pool-5.4'] }),
    pool: countField(
      { description: 'Entries of its reserve; 0: none', examples: [64], unit: 'objects' },
      0,
      2 ** 22,
    ).optional(),
    'on-failure': z
      .enum(['disable', 'leave-untracked', 'fail-caller', 'wait'])
      .optional()
      .meta({ description: 'What follows when metadata fails', examples: ['leave-untracked'] }),
  })
  .meta({ description: 'Another proposal, and what is different' });

export type ExpectSection = z.output<typeof EXPECT_SCHEMA>;
export type DerivedSection = z.output<typeof DERIVED_SCHEMA>;
