import { composite, quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/** The emergency pool, and the scan thread fills up what is missing before each scan. */
const variant: KmemleakVariant = {
  name: 'scan-time-refill',
  summary: 'the emergency pool, filled up by the scan thread as well',
  source: { who: 'Qian Cai', date: '2019-03-28', ref: '1553786687.26196.26.camel@lca.pw' },
  objection: 'none: an idea in a mail, which nobody built',
  attempts: (caller, _context, kernel) => [quietMask(caller, kernel)],
  injection: 'subject',
  reserve: { entries: { perCpu: 4 }, refill: 'any-free', filledBy: 'slab', filledAtScan: true },
  refillFlags: (kernel) => quietMask(composite('GFP_KERNEL', kernel), kernel),
  onFailure: 'disable',
};

export default variant;
