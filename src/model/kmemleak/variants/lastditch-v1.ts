import { composite, nofailMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * The mask of 4.15, then once more: with direct reclaim where the context seems to allow it, else
 * with plain GFP_ATOMIC. Only where the kernel counts preemption.
 */
const variant: KmemleakVariant = {
  name: 'lastditch-v1',
  summary: 'the mask of 4.15, then a second try: GFP_ATOMIC if atomic, else with reclaim',
  source: { who: 'Qian Cai', date: '2019-01-02', ref: '20190102160849.11480-1-cai@lca.pw' },
  objection:
    'Michal Hocko: fragile, atomic callers are atomic for a reason, but would not block it',
  attempts: (caller, context, kernel) => {
    const first = nofailMask(caller, kernel);
    if (context.preemptCount === false) return [first];
    const second = context.atomic
      ? composite('GFP_ATOMIC', kernel)
      : (first | kernel.gfp.bits.DIRECT_RECLAIM) >>> 0;
    return [first, second];
  },
  injection: 'gfp-flag',
  onFailure: 'disable',
};

export default variant;
