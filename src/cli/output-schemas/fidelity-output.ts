import * as z from 'zod';
import type { FidelityReport } from '../../fidelity/fidelity-report.ts';
import { schemaOf } from './schema-of.ts';

const VALUE = z.union([z.number(), z.string()]);

const ROW = z.strictObject({
  kernel: z.string(),
  setting: z.string(),
  quantity: z.string().meta({ description: "The kernel's name of it, where it has one" }),
  measured: VALUE.nullable().meta({ description: 'Median or only value; null: only a range' }),
  spread: z
    .array(z.number())
    .nullable()
    .meta({ description: 'Least and most of the measured runs' }),
  runs: z.int().meta({ description: 'Measured runs' }),
  simulated: VALUE,
  allowed: z
    .array(z.number().nullable())
    .nullable()
    .meta({ description: 'From, to; null: no limit; no array: the measured value alone' }),
  agreement: z.enum(['exact', 'spread', 'chance', 'slack', 'outside']).meta({
    description:
      'Equal; inside the measured spread; as near as chance brings it; inside the tolerance; not',
  }),
  ratio: z.number().nullable().meta({ description: 'Simulated by measured, from 100 on' }),
});

export const FIDELITY_OUTPUT = schemaOf<FidelityReport>()(
  z.strictObject({
    schemaVersion: z.literal(1),
    groups: z.array(
      z.strictObject({
        name: z.string(),
        summary: z.string(),
        heldTo: z.array(z.string()),
        agreement: z.string().meta({ description: 'When a quantity agrees' }),
        settings: z.int().meta({ description: 'Measured settings' }),
        unit: z.string().meta({ description: 'What a setting is' }),
        quantities: z.int(),
        agree: z.int(),
        exact: z.int(),
        worstRatio: z.number().nullable(),
        rows: z.array(ROW),
      }),
    ),
  }),
);
