import { composite, nofailMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/** As the first version: what changed lies outside of kmemleak. */
const variant: KmemleakVariant = {
  name: 'lastditch-v2',
  summary: 'the second version of the second try: the same masks as the first',
  source: { who: 'Qian Cai', date: '2019-01-02', ref: '20190102180619.12392-1-cai@lca.pw' },
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
