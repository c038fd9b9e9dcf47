import { stallQuantile } from '../stall-quantile.ts';

export default stallQuantile(
  'metadata_stall_ns_p50',
  'median time a caller was blocked for metadata',
  'metadataStallsNs',
  50,
);
