import * as z from 'zod';
import type { RunResult } from '../../experiment/run-result.ts';
import type { ShowRow } from '../../scenario/show-rows.ts';
import type { BenchRow } from '../bench/bench-output.ts';
import type { PlanRow } from '../shards/plan-output.ts';
import { schemaOf } from './schema-of.ts';

const ROW = schemaOf<ShowRow>()(
  z.strictObject({
    path: z.string(),
    value: z.union([
      z.string(),
      z.number(),
      z.boolean(),
      z.array(z.union([z.string(), z.number()])),
    ]),
    unit: z.string().meta({ description: 'As printed; empty for names and plain counts' }),
    origin: z.string().meta({ description: 'Where the value stands, or who says so' }),
  }),
);

const SHOWN = z.strictObject({
  schemaVersion: z.literal(1),
  scenario: z.string(),
  file: z.string(),
  parameters: z.array(ROW),
});

/** Of one scenario, and of several. */
export const SHOW_OUTPUT = z.union([SHOWN, z.array(SHOWN)]);

const SPEC = z.strictObject({
  scenario: z.string(),
  variant: z.string(),
  replication: z.int().meta({ description: 'From 0; equal ones are paired' }),
  seed: z.string(),
});

const VALUE = z.strictObject({
  value: z.number().nullable(),
  censoredAt: z
    .number()
    .meta({ description: 'How far the run had come without the event' })
    .exactOptional(),
});

export const REPLAY_OUTPUT = schemaOf<
  Omit<RunResult, 'series'> & {
    readonly schemaVersion: 1;
    readonly id: string;
    readonly stored: string;
  }
>()(
  z.strictObject({
    schemaVersion: z.literal(1),
    id: z.string(),
    stored: z.string().meta({ description: 'The fingerprint that the stored run has' }),
    spec: SPEC,
    metrics: z.record(z.string(), VALUE),
    events: z.int(),
    simulatedNs: z.number(),
    fingerprint: z.string(),
    end: z.string(),
  }),
);

export const PLAN_OUTPUT = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string().meta({ description: 'Of the results: a folder' }),
  plan: z.string().meta({ description: 'Hash of all that decides which runs there are' }),
  runs: z.array(
    schemaOf<PlanRow>()(
      z.strictObject({
        id: z.string(),
        ...SPEC.shape,
        stored: z.boolean().meta({ description: 'It is there, and will not be made again' }),
        shard: z
          .int()
          .meta({ description: 'The part that makes it, from 1; with --shards' })
          .exactOptional(),
      }),
    ),
  ),
});

export const BENCH_OUTPUT = z.strictObject({
  schemaVersion: z.literal(1),
  rounds: z.int(),
  loads: z.array(
    schemaOf<BenchRow>()(
      z.strictObject({
        load: z.string(),
        kernel: z.string(),
        variant: z.string(),
        requests: z.int(),
        metadata: z.int(),
        events: z.int(),
        cpuNs: z.number().meta({ description: 'CPU time of the fastest run' }),
      }),
    ),
  ),
});
