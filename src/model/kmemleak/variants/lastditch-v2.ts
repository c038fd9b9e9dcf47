import type { KmemleakVariant } from '../variant.ts';
import first from './lastditch-v1.ts';

/** As the first version: what changed lies outside of kmemleak. */
const variant: KmemleakVariant = {
  ...first,
  name: 'lastditch-v2',
  summary: 'the second version of the second try: the same masks as the first',
  source: { who: 'Qian Cai', date: '2019-01-02', ref: '20190102180619.12392-1-cai@lca.pw' },
};

export default variant;
