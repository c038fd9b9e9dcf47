import type { KmemleakVariant } from '../variant.ts';

/** The lower bound: the same load without any metadata. */
const variant: KmemleakVariant = {
  name: 'untracked',
  summary: 'bound: nothing is tracked, so nothing is allocated for it',
  source: { who: 'gfpsim', date: 'none', ref: 'a bound, not a proposal' },
  attempts: () => [],
  injection: 'subject',
  onFailure: 'leave-untracked',
  bound: 'untracked',
};

export default variant;
