import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'metadata_failures_bare',
  summary: 'object allocations refused for callers without any reclaim bit',
  kind: 'bare',
  count: 'metadataFailures',
  better: 'lower',
});
