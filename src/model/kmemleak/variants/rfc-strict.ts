import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/** What the RFC's text describes and its code does not do: metadata that never reclaims. */
const variant: KmemleakVariant = {
  name: 'rfc-strict',
  summary: 'GFP_NOWAIT as the RFC describes it: DIRECT_RECLAIM is really taken away',
  source: {
    who: 'derived from the text of the RFC (Chunyu Hu)',
    date: '2018-04-20',
    ref: '1524243513-29118-1-git-send-email-chuhu@redhat.com',
  },
  objection: 'none: it was never posted, and is there for comparison',
  attempts: (caller, _context, kernel) => {
    const { bits } = kernel.gfp;
    return [((quietMask(caller, kernel) & ~bits.DIRECT_RECLAIM) | bits.KSWAPD_RECLAIM) >>> 0];
  },
  injection: 'subject',
  onFailure: 'disable',
};

export default variant;
