import type { Metric } from '../metric.ts';

/** mempool_alloc's round of waiting. */
const LONG_NS = 5e9;

const metric: Metric = {
  name: 'metadata_long_waits',
  summary: 'share of the callers that may sleep who waited 5 s or longer for metadata',
  unit: 'ratio',
  better: 'lower',
  kind: 'exact',
  read({ classes, metadataStallsNs }) {
    const asked = classes
      .filter(({ kind }) => kind === 'kernel')
      .reduce((sum, { metadataAttempts }) => sum + metadataAttempts, 0);
    if (asked === 0) return null;
    return metadataStallsNs.filter((ns) => ns >= LONG_NS).length / asked;
  },
};

export default metric;
