import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'metadata_failures_kernel',
  summary: 'object allocations refused for callers that may sleep',
  kind: 'kernel',
  count: 'metadataFailures',
  better: 'lower',
});
