import { quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * A list of ready objects from the slab cache, four a CPU: used when the cache fails, filled up
 * again by any object that is freed.
 */
const variant: KmemleakVariant = {
  name: 'emergency-pool',
  summary: 'the quiet mask, and four spare objects a CPU that any free refills',
  source: {
    who: 'Catalin Marinas',
    date: '2019-03-27',
    ref: '20190327172955.GB17247@arrakis.emea.arm.com',
  },
  objection: 'Qian Cai: two runs of an OOM test still kill it; Matthew Wilcox: use mempool',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'subject',
  reserve: { entries: { perCpu: 4 }, refill: 'any-free', filledBy: 'slab' },
  onFailure: 'disable',
};

export default variant;
