import { keptFlags } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * The quiet mask without NORETRY: a blockable request reclaims until it has its page, and may
 * have the OOM killer called for it.
 */
const variant: KmemleakVariant = {
  name: 'drop-noretry',
  summary: 'NOMEMALLOC and NOWARN alone: retries like any other request',
  source: { who: 'Michal Hocko', date: '2019-07-17', ref: '20190717050932.GB16284@dhcp22.suse.cz' },
  objection: 'left to Catalin Marinas, who did not take it up',
  attempts: (caller, _context, kernel) => {
    const { bits } = kernel.gfp;
    return [(keptFlags(caller, kernel) | bits.NOMEMALLOC | bits.NOWARN) >>> 0];
  },
  injection: 'subject',
  onFailure: 'disable',
};

export default variant;
