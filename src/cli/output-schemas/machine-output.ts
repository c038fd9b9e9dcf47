import * as z from 'zod';
import type { MachineReport } from '../../scenario/machine-query.ts';
import { schemaOf } from './schema-of.ts';

const ZONE = {
  node: z.int(),
  name: z.string(),
  spanned: z.int(),
  present: z.int(),
  managed: z.int(),
  free: z.int(),
  min: z.int(),
  low: z.int(),
  high: z.int(),
  promo: z.int().exactOptional(),
  boost: z.int(),
  protection: z.array(z.int()).meta({ description: 'lowmem_reserve, by zone of the request' }),
};

const PCP = z.strictObject({
  batch: z.int(),
  high: z.int(),
  highMin: z.int().exactOptional(),
  highMax: z.int().exactOptional(),
});

const REPORTED_SLAB = {
  name: z.string(),
  size: z.int().meta({ description: 'Bytes from one object to the next' }),
  order: z.int(),
  objectsPerSlab: z.int(),
};

const SLAB = z.strictObject({
  ...REPORTED_SLAB,
  minOrder: z.int(),
  cpuPartial: z.int(),
  minPartial: z.int(),
});

const VALUE = z.union([z.int(), z.array(z.int())]);

const DIFFERENCE = z.strictObject({
  node: z.int(),
  zone: z.string(),
  field: z.string(),
  computed: VALUE,
  reported: VALUE,
});

const SLAB_DIFFERENCE = z.strictObject({
  cache: z.string(),
  field: z.enum(['order', 'objectsPerSlab']),
  computed: z.int(),
  reported: z.int(),
});

export const MACHINE_OUTPUT = schemaOf<MachineReport>()(
  z.strictObject({
    schemaVersion: z.literal(1),
    kernel: z.string(),
    minFreeKbytes: z.int(),
    watermarkScaleFactor: z.int(),
    zones: z
      .array(z.strictObject({ ...ZONE, pcp: PCP }))
      .meta({ description: 'Computed; pages, watermarks without the boost' }),
    slabs: z.array(SLAB),
    reported: z
      .strictObject({
        zones: z.array(z.strictObject({ ...ZONE, pcp: PCP.exactOptional() })),
        slabs: z.array(z.strictObject(REPORTED_SLAB)).exactOptional(),
      })
      .meta({ description: 'What a dump says of itself' })
      .exactOptional(),
    differences: z.array(DIFFERENCE).exactOptional(),
    slabDifferences: z.array(SLAB_DIFFERENCE).exactOptional(),
    notes: z.array(z.string()).meta({ description: 'What was assumed or inferred' }),
  }),
);
