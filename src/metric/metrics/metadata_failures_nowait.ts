import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'metadata_failures_nowait',
  summary: 'object allocations refused for callers that only wake kswapd',
  kind: 'nowait',
  count: 'metadataFailures',
  better: 'lower',
});
