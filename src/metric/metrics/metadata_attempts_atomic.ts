import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'metadata_attempts_atomic',
  summary: 'object allocations asked for callers that may dig into reserves',
  kind: 'atomic',
  count: 'metadataAttempts',
  better: 'neither',
});
