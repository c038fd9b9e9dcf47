import { stallQuantile } from '../stall-quantile.ts';

export default stallQuantile(
  'metadata_stall_ns_max',
  'longest time a caller was blocked for metadata',
  'metadataStallsNs',
  100,
);
