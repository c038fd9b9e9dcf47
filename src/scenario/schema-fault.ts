import * as z from 'zod';
import { countField, metadata, percentField, yesNoField } from './schema-fields.ts';

/**
 * Fault injection by the names of its debugfs files, or in the kernel's boot syntax
 * `interval,probability,space,times`. What is left out keeps the kernel's default.
 */
const BOOT_STRING = z
  .string()
  .regex(/^-?\d+(,-?\d+)*$/, { error: () => 'expected a boot string such as 1,10,0,-1, or knobs' })
  .meta(
    metadata({
      description: 'Boot syntax: interval,probability,space,times',
      examples: ['1,10,0,-1'],
    }),
  );

const COMMON_KNOBS = {
  probability: percentField({
    description: 'Share of the eligible requests that fail, in whole percent',
    examples: [10],
  }).optional(),
  interval: countField(
    {
      description: 'Only every n-th eligible request may fail',
      examples: [1, 100],
    },
    1,
    2 ** 31 - 1,
  ).optional(),
  times: countField(
    { description: 'How many faults at most; -1: no limit', examples: [-1, 1] },
    -1,
    2 ** 31 - 1,
  ).optional(),
  'task-filter': yesNoField({
    description: 'Only tasks with make-it-fail set are injected',
    examples: ['N'],
  }).optional(),
  verbose: countField(
    {
      description: 'What a fault prints: nothing, a line, or also the stack',
      examples: [0, 2],
    },
    0,
    2,
  ).optional(),
  'ignore-gfp-wait': yesNoField({
    description: 'Spare requests that may reclaim; which bits count depends on the kernel',
    examples: ['N', 'Y'],
  }).optional(),
  'stack-filter': z
    .enum(['reject-metadata', 'require-metadata'])
    .optional()
    .meta(
      metadata({
        description: "Stack filter with kmemleak's object creation as its range",
        examples: ['reject-metadata'],
      }),
    ),
};

const FAILSLAB_KNOBS = z.strictObject({
  ...COMMON_KNOBS,
  space: countField({
    description: 'Bytes that pass before the first fault',
    examples: [0],
    unit: 'bytes',
  }).optional(),
  'cache-filter': yesNoField({
    description: 'Only caches marked failslab are injected',
    examples: ['N'],
  }).optional(),
  'marked-caches': z
    .array(z.string().min(1).max(40))
    .max(64)
    .optional()
    .meta(
      metadata({
        description: 'Caches whose sysfs file failslab is 1, for the cache filter',
        examples: ['[kmalloc-64, kmalloc-256]'],
      }),
    ),
});

const FAIL_PAGE_ALLOC_KNOBS = z.strictObject({
  ...COMMON_KNOBS,
  space: countField({
    description: 'Pages that pass before the first fault',
    examples: [0],
    unit: 'pages',
  }).optional(),
  'ignore-gfp-highmem': yesNoField({
    description: 'Spare requests that may use highmem',
    examples: ['Y'],
  }).optional(),
  'min-order': countField(
    { description: 'Smallest page order that is injected', examples: [0, 1] },
    0,
    10,
  ).optional(),
});

export const FAULT_SCHEMA = z
  .strictObject({
    failslab: z.union([BOOT_STRING, FAILSLAB_KNOBS]).optional(),
    fail_page_alloc: z.union([BOOT_STRING, FAIL_PAGE_ALLOC_KNOBS]).optional(),
    'built-in': yesNoField({
      description: 'The kernel has CONFIG_FAULT_INJECTION; some proposals decide by it',
      examples: ['Y'],
    }).optional(),
  })
  .meta({ description: 'Fault injection; off unless a probability is given' });

export type FailslabKnobs = z.output<typeof FAILSLAB_KNOBS>;
export type FailPageAllocKnobs = z.output<typeof FAIL_PAGE_ALLOC_KNOBS>;
export type FaultSection = z.output<typeof FAULT_SCHEMA>;
