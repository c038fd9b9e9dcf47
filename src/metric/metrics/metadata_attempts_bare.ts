import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'metadata_attempts_bare',
  summary: 'object allocations asked for callers without any reclaim bit',
  kind: 'bare',
  count: 'metadataAttempts',
  better: 'neither',
});
