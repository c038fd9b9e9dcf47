import { mempoolPasses } from '../mempool-passes.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * The kernel's own mempool: without reclaim first, then the reserve, then with reclaim, then the
 * reserve again, then it waits for an object to be freed.
 */
const variant: KmemleakVariant = {
  name: 'mempool-v1',
  summary: 'a mempool of four objects a CPU: callers that may sleep wait for metadata',
  source: {
    who: 'Catalin Marinas',
    date: '2019-03-28',
    ref: '20190328145917.GC10283@arrakis.emea.arm.com',
  },
  objection: 'Michal Hocko: elements may never come back, and then everybody is stuck',
  attempts: mempoolPasses,
  injection: 'subject',
  reserve: { entries: { perCpu: 4 }, refill: 'any-free', filledBy: 'slab', afterEachTry: true },
  areaReserve: { entries: { perCpu: 1 }, refill: 'any-free', filledBy: 'slab', afterEachTry: true },
  onFailure: 'wait',
};

export default variant;
