import { composite, nofailMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * The second try whether or not the kernel counts preemption: without, a held spinlock is not
 * seen.
 */
const variant: KmemleakVariant = {
  name: 'lastditch-v3',
  summary: 'the second try of the first version, in kernels without preempt count, too',
  source: { who: 'Qian Cai', date: '2019-03-26', ref: '20190326154338.20594-1-cai@lca.pw' },
  objection: 'Matthew Wilcox: why touch the flags at all',
  attempts: (caller, context, kernel) => {
    const first = nofailMask(caller, kernel);
    const second = context.atomic
      ? composite('GFP_ATOMIC', kernel)
      : (first | kernel.gfp.bits.DIRECT_RECLAIM) >>> 0;
    return [first, second];
  },
  injection: 'gfp-flag',
  onFailure: 'disable',
};

export default variant;
