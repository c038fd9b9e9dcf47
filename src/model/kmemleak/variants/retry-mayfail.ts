import { keptFlags } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/** NORETRY replaced by RETRY_MAYFAIL: more rounds of reclaim, still no OOM kill. */
const variant: KmemleakVariant = {
  name: 'retry-mayfail',
  summary: 'RETRY_MAYFAIL instead of NORETRY: tries harder, still may fail',
  source: { who: 'Michal Hocko', date: '2019-03-27', ref: '20190327181700.GO11927@dhcp22.suse.cz' },
  objection: 'a suggestion that Michal Hocko himself was not sure is worth it',
  attempts: (caller, _context, kernel) => {
    const { bits } = kernel.gfp;
    const added = bits.NOMEMALLOC | bits.NOWARN | bits.RETRY_MAYFAIL;
    return [(keptFlags(caller, kernel) | added) >>> 0];
  },
  injection: 'subject',
  onFailure: 'disable',
};

export default variant;
