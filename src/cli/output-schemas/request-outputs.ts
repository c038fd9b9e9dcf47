import * as z from 'zod';
import type { DecideReport } from '../../model/decide-query.ts';
import type { GfpReport } from '../../model/mm/gfp-query.ts';
import type { VariantMasksReport } from '../requests/variant-masks.ts';
import { schemaOf } from './schema-of.ts';

const REMARK = z
  .strictObject({ id: z.string(), text: z.string() })
  .meta({ description: 'A warning, which gfpsim explain ID tells more of' });

const BY_WAIT_KNOB = {
  ignoreGfpWait: z.strictObject({ Y: z.boolean(), N: z.boolean() }),
};

const BY_MIN_ORDER = {
  minOrder: z.record(z.string(), z.strictObject(BY_WAIT_KNOB)),
};

const INJECTABLE = z
  .strictObject({
    failslab: z.strictObject(BY_WAIT_KNOB),
    failPageAlloc: z.strictObject({
      ...BY_WAIT_KNOB,
      ...BY_MIN_ORDER,
      ignoreGfpHighmemN: z.strictObject(BY_MIN_ORDER),
    }),
  })
  .meta({ description: 'Whether fault injection may fail it, by the settings of its knobs' });

const HEX = z.string().regex(/^0x[0-9a-f]+$/);

const ANSWER = {
  value: HEX,
  flags: z.array(z.string()).meta({ description: 'Single flags, the lowest bit first' }),
  text: z.string().meta({ description: 'As that kernel prints it' }),
  unknownBits: HEX,
  zone: z.string().meta({ description: 'The highest it may use' }),
  migratetype: z.string(),
  blockable: z.boolean(),
  wakesKswapd: z.boolean(),
  allocFlags: z.array(z.string()),
  reserve: z
    .strictObject({ numerator: z.int(), denominator: z.int() })
    .meta({ description: 'Share of the min watermark below which it is refused' }),
  injectable: INJECTABLE,
  warnings: z.array(REMARK),
};

const ANSWERS = z
  .array(z.strictObject(ANSWER))
  .meta({ description: 'The mask of each try for the metadata of what such a caller gets' });

const ASKED = { schemaVersion: z.literal(1), kernel: z.string(), order: z.int(), ...ANSWER };

const ONE_MASK = schemaOf<GfpReport>()(
  z.strictObject({
    ...ASKED,
    variant: z.string().exactOptional(),
    metadata: ANSWERS.exactOptional(),
  }),
);

const MASKS = z.strictObject({
  variant: z.string(),
  onFailure: z.enum(['disable', 'leave-untracked', 'fail-caller', 'wait']),
  hasReserve: z.boolean(),
  metadata: ANSWERS,
});

const MANY_MASKS = schemaOf<Omit<VariantMasksReport, 'variant'>>()(
  z.strictObject({ ...ASKED, variants: z.array(MASKS) }),
);

/** Of one proposal or none, and of several side by side. */
export const GFP_OUTPUT = z.union([ONE_MASK, MANY_MASKS]);

const METADATA = z
  .strictObject({ variant: z.string(), caller: HEX, try: z.int(), of: z.int() })
  .meta({ description: 'Whose request it is: this try of so many, for such a caller' });

const SLAB = z.strictObject({
  cache: z.string(),
  objectSize: z.int(),
  order: z.int(),
  minOrder: z.int(),
  objectsPerSlab: z.int(),
  cpuFree: z.int(),
  nodePartial: z.int(),
});

const STEP = z.strictObject({
  step: z.string(),
  zone: z.string().exactOptional(),
  free: z.int().exactOptional(),
  mark: z.int().meta({ description: 'After discounts, with the boost' }).exactOptional(),
  reserve: z.int().exactOptional(),
  needed: z.int().meta({ description: 'Free pages that would have passed' }).exactOptional(),
  passed: z.boolean().exactOptional(),
  note: z.string(),
});

export const DECIDE_OUTPUT = schemaOf<DecideReport>()(
  z.strictObject({
    schemaVersion: z.literal(1),
    kernel: z.string(),
    gfp: HEX,
    text: z.string(),
    metadata: METADATA.exactOptional(),
    order: z.int(),
    slab: SLAB.exactOptional(),
    outcome: z.enum(['page', 'fail', 'block', 'loop']),
    steps: z.array(STEP),
    warnings: z.array(REMARK),
    reclaims: z.int(),
    rounds: z.int(),
    oomKills: z.int(),
    wokeKswapd: z.boolean(),
  }),
);
