import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * The RFC read literally. Adding a bit takes none away: DIRECT_RECLAIM of a blockable caller
 * stays, so this differs from quiet-2011 only for callers without KSWAPD_RECLAIM.
 */
const variant: KmemleakVariant = {
  name: 'rfc-nowait',
  summary: 'GFP_NOWAIT instead of NOFAIL, as the RFC writes it',
  source: {
    who: 'Chunyu Hu',
    date: '2018-04-20',
    ref: '1524243513-29118-1-git-send-email-chuhu@redhat.com',
  },
  objection:
    'Catalin Marinas: brings injected faults back; Michal Hocko: NORETRY makes NOWAIT idle',
  attempts: (caller, _context, kernel) => [
    (quietMask(caller, kernel) | kernel.gfp.bits.KSWAPD_RECLAIM) >>> 0,
  ],
  injection: 'subject',
  onFailure: 'disable',
};

export default variant;
