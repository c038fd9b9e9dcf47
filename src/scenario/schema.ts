import * as z from 'zod';
import { DEFAULT_COSTS } from '../model/costs.ts';
import type { Costs } from '../model/machine-config.ts';
import { DERIVED_SCHEMA, EXPECT_SCHEMA } from './schema-claims.ts';
import { FAULT_SCHEMA } from './schema-fault.ts';
import { countField, durationField, metadata, textField, yesNoField } from './schema-fields.ts';
import { MACHINE_SCHEMA } from './schema-machine.ts';

/**
 * A scenario file:
 *
 *   extends     another scenario whose values hold where this one says nothing
 *   question    the sentence that the comparison answers
 *   kernel      profile
 *   machine     RAM or a real /proc, and its state when the load starts
 *   kmemleak    its pool and grace period
 *   fault       failslab, fail_page_alloc
 *   load        who asks for memory
 *   variants    proposals to compare, the baseline first
 *   masks       proposals written as expressions
 *   derived     proposals that change one thing of another
 *   flags       a gfp flag that the kernel does not have
 *   answer      the answer in words, with numbers out of what is expected
 *   seed, replications, horizon, metrics, expect, costs
 */
const NEW_FLAG_SCHEMA = z
  .strictObject({
    'bits-shift-raised': yesNoField({
      description: 'The new flag passes gfp_allowed_mask',
      examples: ['Y', 'N'],
    }).optional(),
    'in-reclaim-mask': yesNoField({
      description: "The new flag passes SLUB's new_slab",
      examples: ['Y', 'N'],
    }).optional(),
  })
  .meta({ description: 'How completely a proposal that brings a new gfp flag was done' });

const FLAG_BIT = z.union([z.int(), z.string().min(1).max(40)]).meta({
  description: 'The bit, such as 0x4000000',
  examples: ['0x4000000'],
});
/** A bare bit is known to nobody but the fault capabilities. */
const FLAG_SCHEMA = z
  .union([FLAG_BIT, NEW_FLAG_SCHEMA.extend({ value: FLAG_BIT })])
  .meta({ description: 'The bit; or its value, and which places were told of it' });

const SCAN_SCHEMA = z
  .strictObject({
    auto: yesNoField({ description: 'The scan thread runs', examples: ['Y'] }).prefault('Y'),
    first: durationField({
      description: 'Time of the first scan after the load starts',
      examples: ['60s'],
    }).prefault('60s'),
    period: durationField({
      description: 'Rest of the scan thread after each scan',
      examples: ['600s'],
    }).prefault('600s'),
  })
  .meta({ description: 'kmemleak looks for leaks' });

const EARLY_SCHEMA = z
  .strictObject({
    operations: countField({
      description: 'Allocations to be tracked before the slab allocator is up',
      examples: [565],
    }),
    log: countField(
      {
        description: 'Entries of the early log, where no static pool takes its place',
        examples: [400],
      },
      1,
      1_000_000,
    ).optional(),
  })
  .meta({ description: 'Early boot; too little room for it, and kmemleak is off from the start' });

const KMEMLEAK_SCHEMA = z
  .strictObject({
    enabled: yesNoField({ description: 'kmemleak tracks allocations', examples: ['Y'] }).optional(),
    pool: countField(
      {
        description: 'Static pool objects behind the slab cache of every variant; 0: no pool',
        examples: [16000, 0],
        unit: 'objects',
      },
      0,
      1_000_000,
    ).optional(),
    'pool-free': countField({
      description: 'Free static pool entries when the load starts',
      examples: [15846],
    }).optional(),
    // One tick at HZ=250: on one busy CPU each tick ends one grace period and begins the next.
    'grace-period': durationField({
      description: 'RCU grace period; freed metadata waits for the end of the next whole one',
      examples: ['4ms'],
    }).prefault('4ms'),
    'stack-depot': yesNoField({
      description: "The load's stack traces make the stack depot grow",
      examples: ['N'],
    }).optional(),
    'new-flag': NEW_FLAG_SCHEMA.optional(),
    early: EARLY_SCHEMA.optional(),
    'preempt-count': yesNoField({
      description: 'CONFIG_PREEMPT_COUNT: proposals that ask see a held spinlock',
      examples: ['Y', 'N'],
    }).optional(),
    scan: SCAN_SCHEMA.prefault({}),
  })
  .meta({ description: 'kmemleak when the load starts' });

const LOAD_SCHEMA = z
  .strictObject({
    workload: textField({ description: 'Kind of load, see list workloads', examples: ['drain'] }),
    count: countField({ description: 'Tasks that run it', examples: [1] }, 1, 4096).default(1),
    params: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: "The workload's own parameters, see explain WORKLOAD" }),
    'make-it-fail': yesNoField({
      description: "The tasks' make-it-fail: the task filter lets faults hit them",
      examples: ['Y', 'N'],
    }).default(true),
    'fail-nth': countField(
      {
        description: "The tasks' fail-nth: that eligible request fails; 0: off",
        examples: [0, 2],
      },
      0,
      2 ** 31 - 1,
    ).default(0),
  })
  .meta({ description: 'Tasks that ask for memory' });

const COST_NAMES = Object.keys(DEFAULT_COSTS) as (keyof Costs)[];
const COSTS_SCHEMA = z
  .partialRecord(
    z.enum(COST_NAMES),
    countField({ description: 'Time of the step', examples: [50], unit: 'ns' }),
  )
  .meta({ description: 'Overrides of the cost table' });

const names = (description: string, example: string) =>
  z.array(z.string().min(1)).meta(metadata({ description, examples: [example] }));

export const SCENARIO_SCHEMA = z
  .strictObject({
    extends: textField({
      description: 'Scenario whose values hold where this one says nothing; relative to this file',
      examples: ['../base.yaml'],
    }).optional(),
    question: textField({
      description: 'The question that the comparison answers, one sentence',
      examples: ['How deep may GFP_ATOMIC callers drain the machine before kmemleak dies?'],
    }),
    answer: textField({
      description:
        'The answer; {2} stands for what the second expectation measured, {2.theory} for what it ' +
        'names, {derived.pool-64.pool} for a number of the scenario',
      examples: ['It dies at request {1}.'],
    }).optional(),
    kernel: textField({ description: 'Kernel profile, see list kernels', examples: ['4.17'] }),
    machine: MACHINE_SCHEMA,
    kmemleak: KMEMLEAK_SCHEMA.prefault({}),
    fault: FAULT_SCHEMA.default({}),
    load: z.array(LOAD_SCHEMA).min(1).max(64),
    variants: names(
      'Proposals to compare, or files that hold one, the baseline first',
      'quiet-2011',
    )
      .min(1)
      .optional(),
    masks: z
      .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/), z.string().min(1).max(500))
      .default({})
      .meta({
        description: 'Proposals as expressions over gfp, by name; run after the listed variants',
      }),
    derived: z
      .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/), DERIVED_SCHEMA)
      .default({})
      .meta({ description: 'Proposals made from others, by name; run after the masks' }),
    flags: z
      .record(z.string().min(1).max(40), FLAG_SCHEMA)
      .default({})
      .meta({ description: 'A new gfp flag that spares requests from injected faults, by name' }),
    seed: textField({
      description: 'Seed of all random streams',
      examples: ['1'],
    }).default('1'),
    replications: countField(
      { description: 'Runs of each variant', examples: [20] },
      1,
      1_000_000,
    ).default(20),
    horizon: durationField({
      description: 'Simulated time after which a run ends',
      examples: ['60s'],
    }).prefault('60s'),
    metrics: names('Metrics that the report shows first, in its order', 'kmemleak_alive')
      .min(1)
      .optional(),
    expect: z.array(EXPECT_SCHEMA).default([]),
    costs: COSTS_SCHEMA.default({}),
  })
  .meta({ title: 'gfpsim scenario', description: 'One machine, one load, several proposals' });

export type ScenarioSections = z.output<typeof SCENARIO_SCHEMA>;
export type FlagSection = z.output<typeof FLAG_SCHEMA>;

/** Paths whose scalars are names, taken as they are written: 6.10 is not 6.1, 00123 not 123. */
export const TEXT_PATHS: ReadonlySet<string> = new Set(['kernel', 'seed']);

/** The schema of scenario files for editors, JSON Schema draft 2020-12. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(SCENARIO_SCHEMA, { io: 'input' }) };
}
