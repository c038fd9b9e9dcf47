import * as z from 'zod';
import type { Idea } from '../../model/kmemleak/ideas.ts';
import type { KmemleakVariant } from '../../model/kmemleak/variant.ts';
import { schemaOf } from './schema-of.ts';

// A list is a bare array: what is one of its rows grows by fields alone, and has no version.

const NAMED = { name: z.string(), summary: z.string() };

const SOURCE = z.strictObject({
  who: z.string(),
  date: z.string(),
  ref: z.string().meta({ description: 'Message-ID or commit' }),
});

const SIZE = z.union([
  z.int(),
  z.literal('kernel'),
  z.strictObject({ perCpu: z.number() }),
  z.strictObject({ bytes: z.number() }),
  z.strictObject({ perObjects: z.number() }),
]);

const RESERVE = z.strictObject({
  entries: SIZE,
  refill: z.enum(['own-objects', 'any-free', 'no-free']),
  filledBy: z.enum(['slab', 'thread']).exactOptional(),
  periodNs: z.number().exactOptional(),
  filledAtScan: z.boolean().exactOptional(),
  filledBySleepers: z.boolean().exactOptional(),
  afterEachTry: z.boolean().exactOptional(),
});

type ListedVariant = Omit<
  KmemleakVariant,
  'attempts' | 'newFlag' | 'areaReserve' | 'refillFlags' | 'aliases'
> & { readonly aliases?: readonly string[] };

const VARIANT = schemaOf<ListedVariant>()(
  z.strictObject({
    ...NAMED,
    source: SOURCE,
    injection: z
      .enum(['subject', 'gfp-flag', 'task-scope', 'own-scope', 'global-scope', 'cache-flag'])
      .meta({ description: 'Who keeps injected faults away from metadata' }),
    onFailure: z.enum(['disable', 'leave-untracked', 'fail-caller', 'wait']),
    objection: z.string().exactOptional(),
    aliases: z.array(z.string()).exactOptional(),
    reserve: RESERVE.exactOptional(),
    embedded: z.boolean().exactOptional(),
    bound: z.enum(['never-fails', 'untracked']).exactOptional(),
  }),
);

const IDEA = schemaOf<Omit<Idea, 'aliases'>>()(
  z.strictObject({
    ...NAMED,
    source: SOURCE,
    reason: z.string().meta({ description: 'Why it is no variant' }),
  }),
);

const METRIC = z.strictObject({
  ...NAMED,
  source: z.string(),
  unit: z.enum(['count', 'pages', 'bytes', 'ns', 'ratio', 'index', 'flag']),
  better: z.enum(['lower', 'higher', 'neither']),
  kind: z.enum(['exact', 'sampled']),
  survival: z.boolean().meta({ description: 'A time to an event, which may not have come' }),
});

const KERNEL = z.strictObject({
  ...NAMED,
  source: z.string(),
  release: z.string(),
  flagTable: z.string(),
});

const PLAIN = z.strictObject({ ...NAMED, source: z.string() });

/** By kind: scenarios and workloads say no more than where they come from. */
export const LIST_OUTPUT = z.union([
  z.array(PLAIN).meta({ title: 'list scenarios, list workloads' }),
  z.array(z.union([VARIANT, IDEA])).meta({ title: 'list variants' }),
  z.array(METRIC).meta({ title: 'list metrics' }),
  z.array(KERNEL).meta({ title: 'list kernels' }),
]);
