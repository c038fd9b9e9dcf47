import { keptFlags, quietMask } from '../masks.ts';
import type { KmemleakVariant } from '../variant.ts';

/**
 * NOFAIL only where faults can be injected, and then without the contradicting NORETRY: a
 * blockable request can reach the OOM killer. Without fault injection it is the quiet mask.
 */
const variant: KmemleakVariant = {
  name: 'fi-nofail',
  summary: 'NOFAIL without NORETRY when fault injection is built in, else the quiet mask',
  source: {
    who: 'Catalin Marinas',
    date: '2018-04-20',
    ref: '20180420175023.3c4okuayrcul2bom@armageddon.cambridge.arm.com',
  },
  objection: 'Chunyu Hu tried it: callers that must not sleep still fail, with a warning',
  attempts: (caller, context, kernel) => {
    if (!context.faultInjection) return [quietMask(caller, kernel)];
    const { bits } = kernel.gfp;
    return [(keptFlags(caller, kernel) | bits.NOFAIL | bits.NOMEMALLOC | bits.NOWARN) >>> 0];
  },
  injection: 'gfp-flag',
  onFailure: 'disable',
};

export default variant;
