import { classCounter } from '../class-counter.ts';

export default classCounter({
  name: 'host_attempts_bare',
  summary: 'requests of callers without any reclaim bit',
  kind: 'bare',
  count: 'attempts',
  better: 'neither',
});
