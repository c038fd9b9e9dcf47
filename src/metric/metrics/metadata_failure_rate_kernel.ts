import { metadataFailureRate } from '../class-rate.ts';

export default metadataFailureRate({
  name: 'metadata_failure_rate_kernel',
  summary: 'share of the object allocations that were refused, for callers that may sleep',
  kind: 'kernel',
});
