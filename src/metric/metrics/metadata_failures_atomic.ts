import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'metadata_failures_atomic',
  summary: 'object allocations refused for callers that may dig into reserves',
  kind: 'atomic',
  count: 'metadataFailures',
  better: 'lower',
});
