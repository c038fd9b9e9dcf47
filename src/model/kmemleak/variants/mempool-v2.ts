import { mempoolPasses } from '../mempool-passes.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * The first version with its size as a boot parameter, kmemleak.mempool; four objects a CPU where
 * it is not given.
 */
const variant: KmemleakVariant = {
  name: 'mempool-v2',
  summary: 'the mempool with a boot parameter for its size',
  source: {
    who: 'Catalin Marinas',
    date: '2019-07-27',
    ref: '20190727132334.9184-1-catalin.marinas@arm.com',
  },
  objection: 'Andrew Morton: why a tunable; Catalin Marinas: a pool is wanted before slab is up',
  attempts: mempoolPasses,
  injection: 'subject',
  reserve: { entries: { perCpu: 4 }, refill: 'any-free', filledBy: 'slab', afterEachTry: true },
  areaReserve: {
    entries: { perObjects: 4 },
    refill: 'any-free',
    filledBy: 'slab',
    afterEachTry: true,
  },
  onFailure: 'wait',
};

export default variant;
