import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'metadata_attempts_kernel',
  summary: 'object allocations asked for callers that may sleep',
  kind: 'kernel',
  count: 'metadataAttempts',
  better: 'neither',
});
