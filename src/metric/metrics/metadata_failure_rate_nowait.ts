import { metadataFailureRate } from '../class-rate.ts';

export default metadataFailureRate({
  name: 'metadata_failure_rate_nowait',
  summary: 'share of the object allocations that were refused, for callers that only wake kswapd',
  kind: 'nowait',
});
