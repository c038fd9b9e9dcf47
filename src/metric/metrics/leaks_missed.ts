import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'leaks_missed',
  summary: 'lost objects that no scan had reported when the run ended',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: (readings) => readings.leaks.planted - readings.leaks.reported,
};

export default metric;
