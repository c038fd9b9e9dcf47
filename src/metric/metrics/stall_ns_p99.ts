import { stallQuantile } from '../stall-quantile.ts';

export default stallQuantile(
  'stall_ns_p99',
  '99 % of blocked callers waited no longer',
  'stallsNs',
  99,
);
