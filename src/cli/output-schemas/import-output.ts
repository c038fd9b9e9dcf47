import * as z from 'zod';
import type { PartMap, PartValue } from '../../scenario/part-text.ts';
import type { ImportReport } from '../requests/import-kinds.ts';
import { schemaOf } from './schema-of.ts';

const PART_VALUE: z.ZodType<PartValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.array(z.number()), PART]),
);
const PART: z.ZodType<PartMap> = z.record(z.string(), PART_VALUE);

const EVENT = z.strictObject({
  timeNs: z.number().meta({ description: 'Since the first event' }),
  object: z.int(),
  sizeBytes: z.int().meta({ description: 'Asked for; 0: the object is freed' }),
  gfp: z.string().meta({ description: 'Flags by name; of a free: empty' }),
});

export const IMPORT_OUTPUT = schemaOf<ImportReport>()(
  z.strictObject({
    schemaVersion: z.literal(1),
    kind: z.string(),
    source: z.string(),
    notes: z.array(z.string()).meta({ description: 'What was taken, assumed and left out' }),
    part: PART.meta({ description: 'Of a scenario; none: a trace' }).exactOptional(),
    events: z.array(EVENT).meta({ description: 'Of a trace' }).exactOptional(),
  }),
);
