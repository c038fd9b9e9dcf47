import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * The emergency pool, which callers that may sleep fill up besides frees: each of them adds an
 * object when the slab cache has given it its own.
 */
const variant: KmemleakVariant = {
  name: 'sleepable-refill',
  summary: 'the emergency pool, filled up by callers that may sleep as well',
  source: { who: 'Michal Hocko', date: '2019-03-27', ref: '20190327181700.GO11927@dhcp22.suse.cz' },
  objection: 'a question about the emergency pool, which nobody took up',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'subject',
  reserve: {
    entries: { perCpu: 4 },
    refill: 'any-free',
    filledBy: 'slab',
    filledBySleepers: true,
  },
  onFailure: 'disable',
};

export default variant;
