import { nofailMask, quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * NOFAIL that can be kept: with DIRECT_RECLAIM even for callers that must not sleep. Without
 * fault injection it is the quiet mask.
 */
const variant: KmemleakVariant = {
  name: 'fi-nofail-direct',
  summary: 'NOFAIL and DIRECT_RECLAIM for every caller when fault injection is built in',
  source: {
    who: 'Catalin Marinas',
    date: '2018-05-31',
    ref: '20180531152225.2ck6ach4lma4zeim@armageddon.cambridge.arm.com',
  },
  objection: 'Chunyu Hu had tried it: it sleeps in interrupts, seen in the network receive path',
  attempts: (caller, context, kernel) => {
    if (!context.faultInjection) return [quietMask(caller, kernel)];
    return [(nofailMask(caller, kernel) | kernel.gfp.bits.DIRECT_RECLAIM) >>> 0];
  },
  injection: 'gfp-flag',
  onFailure: 'disable',
};

export default variant;
