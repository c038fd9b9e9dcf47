import { composite, nofailMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * One try alone: the mask of 4.15 with GFP_ATOMIC where the context seems atomic, else with
 * direct reclaim.
 */
const variant: KmemleakVariant = {
  name: 'lastditch-v4',
  summary: 'one try: the mask of 4.15 with GFP_ATOMIC if atomic, else with reclaim',
  source: { who: 'Qian Cai', date: '2019-03-26', ref: '20190327005948.24263-1-cai@lca.pw' },
  objection:
    'Michal Hocko: broken as long as NOFAIL is implied, and the test cannot see all spinlocks',
  attempts: (caller, context, kernel) => {
    const more = context.atomic ? composite('GFP_ATOMIC', kernel) : kernel.gfp.bits.DIRECT_RECLAIM;
    return [(nofailMask(caller, kernel) | more) >>> 0];
  },
  injection: 'gfp-flag',
  onFailure: 'disable',
};

export default variant;
