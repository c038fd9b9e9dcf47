import * as z from 'zod';
import type { Finding } from '../doctor/doctor-build.ts';
import type { Explanation } from '../help/explanations.ts';
import { schemaOf } from './schema-of.ts';

const FINDING = schemaOf<Finding>()(
  z.strictObject({
    check: z.string(),
    status: z.enum(['ok', 'warn', 'fail']),
    text: z.string(),
    next: z.string().meta({ description: 'What to do about it' }).exactOptional(),
  }),
);

export const DOCTOR_OUTPUT = z.strictObject({
  schemaVersion: z.literal(1),
  findings: z.array(FINDING),
});

export const EXPLAIN_OUTPUT = z.array(
  schemaOf<Omit<Explanation, 'aliases'>>()(
    z.strictObject({
      name: z.string(),
      summary: z.string(),
      kind: z.string(),
      text: z.string(),
    }),
  ),
);

export const VALIDATE_OUTPUT = z.array(
  z.strictObject({ file: z.string(), valid: z.literal(true), name: z.string() }),
);

const BASELINE = { name: z.string(), folder: z.string() };
const ASKED = { scenarios: z.array(z.string()), thresholds: z.array(z.string()) };

const LOAD = z.strictObject({
  name: z.string(),
  question: z.string(),
  seed: z.string(),
  variants: z.array(z.string()),
  runs: z.int(),
});

export const BASELINE_OUTPUT = z.union([
  z
    .strictObject({ schemaVersion: z.literal(1), ...BASELINE, runs: z.int() })
    .meta({ title: 'baseline save, baseline update' }),
  z
    .strictObject({
      schemaVersion: z.literal(1),
      ...BASELINE,
      ...ASKED,
      options: z.record(z.string(), z.array(z.string())),
      loads: z.array(LOAD),
    })
    .meta({ title: 'baseline show' }),
  z
    .strictObject({ schemaVersion: z.literal(1), name: z.string(), removed: z.literal(true) })
    .meta({ title: 'baseline rm' }),
  z
    .array(
      z.strictObject({
        ...BASELINE,
        ...ASKED,
        damaged: z.string().meta({ description: 'Why nobody can be held to it' }).exactOptional(),
      }),
    )
    .meta({ title: 'baseline list' }),
]);
