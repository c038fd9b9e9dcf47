import type { Metric } from '../metric.ts';

/** What Chunyu Hu counted in 2018: page faults whose trace goes through kmemleak's metadata. */
const metric: Metric = {
  name: 'fail_page_alloc_metadata_share',
  summary: 'share of the injected page faults that hit requests for metadata',
  unit: 'ratio',
  better: 'lower',
  kind: 'exact',
  read({ failPageAlloc: { injected } }) {
    const metadata = injected.metadata + injected.area;
    const all = injected.host + metadata + injected.depot + injected.other;
    return all === 0 ? null : metadata / all;
  },
};

export default metric;
