import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter(
  'kswapd_high_wmark_hit_quickly',
  'naps of kswapd that ended below the high mark',
  'neither',
);
