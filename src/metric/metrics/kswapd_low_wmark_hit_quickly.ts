import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter(
  'kswapd_low_wmark_hit_quickly',
  'naps of kswapd that ended at the low mark',
  'neither',
);
