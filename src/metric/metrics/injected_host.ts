import { injectedFaults } from '../injected-faults.ts';
import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'injected_host',
  summary: 'injected faults that hit callers',
  unit: 'count',
  better: 'neither',
  kind: 'exact',
  read: (readings) => injectedFaults(readings, 'host'),
};

export default metric;
