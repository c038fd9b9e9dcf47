import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'metadata_attempts_nowait',
  summary: 'object allocations asked for callers that only wake kswapd',
  kind: 'nowait',
  count: 'metadataAttempts',
  better: 'neither',
});
