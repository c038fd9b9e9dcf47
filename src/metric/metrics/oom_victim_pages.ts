import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'oom_victim_pages',
  summary: 'memory and swap that the first OOM victim held when it was chosen',
  unit: 'pages',
  better: 'higher',
  kind: 'exact',
  read: (readings) => readings.oomVictimPages,
};

export default metric;
