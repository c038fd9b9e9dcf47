import { injectedFaults } from '../injected-faults.ts';
import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'injected_metadata',
  summary: 'injected faults that hit metadata',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: (readings) => injectedFaults(readings, 'metadata'),
};

export default metric;
