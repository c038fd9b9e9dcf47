import { metadataFailureRate } from '../class-rate.ts';

export default metadataFailureRate({
  name: 'metadata_failure_rate_atomic',
  summary:
    'share of the object allocations that were refused, for callers that may dig into reserves',
  kind: 'atomic',
});
