import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'free_min_pages',
  summary: 'fewest free pages at any moment, all zones together',
  unit: 'pages',
  better: 'higher',
  kind: 'exact',
  read: (readings) => readings.freeMinPages,
};

export default metric;
