import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'scopes_broken',
  summary: 'scopes around metadata that ended for another request, or never did',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: ({ brokenScopes }) => brokenScopes,
};

export default metric;
