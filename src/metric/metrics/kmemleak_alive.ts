import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'kmemleak_alive',
  summary: 'kmemleak still tracks when the run ends',
  unit: 'flag',
  better: 'higher',
  kind: 'exact',
  read: (readings) => (readings.kmemleakAlive ? 1 : 0),
};

export default metric;
