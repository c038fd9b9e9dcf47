import type { KernelProfile } from '../../../kernel/kernel-profile.ts';
import { nofailMask, reclaimBits } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * A million objects in reserve, which a thread allocates one by one, ten a second: a day and five
 * hours until it is full.
 */
const variant: KmemleakVariant = {
  name: 'pool-1M-thread',
  summary: 'the mask of 4.15, and a million spare objects that a thread gathers',
  source: {
    who: 'Chunyu Hu',
    date: '2018-05-31',
    ref: '2074740225.5769475.1527763882580.JavaMail.zimbra@redhat.com',
  },
  objection:
    'Chunyu Hu himself: some 400 MB, and its balance unsolved; Michal Hocko asked how it works',
  attempts: (caller, _context, kernel) => [nofailMask(caller, kernel)],
  injection: 'gfp-flag',
  reserve: { entries: 1024 * 1024, refill: 'no-free', filledBy: 'thread', periodNs: 100_000_000 },
  refillFlags,
  onFailure: 'disable',
};

export default variant;

/** The thread's flags: it may sleep and must not fail. */
function refillFlags(kernel: KernelProfile): number {
  const { bits } = kernel.gfp;
  return (reclaimBits(kernel) | bits.NOFAIL | bits.NOMEMALLOC | bits.NOWARN) >>> 0;
}
