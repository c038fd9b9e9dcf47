import { stallQuantile } from '../stall-quantile.ts';

export default stallQuantile(
  'metadata_stall_ns_p99',
  '99 % of callers blocked for metadata waited no longer',
  'metadataStallsNs',
  99,
);
