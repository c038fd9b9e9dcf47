import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'faults_wrongly_spared',
  summary: "requests spared by a scope that somebody else's metadata had opened",
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: ({ failslab, failPageAlloc }) => failslab.spared.wrongly + failPageAlloc.spared.wrongly,
};

export default metric;
