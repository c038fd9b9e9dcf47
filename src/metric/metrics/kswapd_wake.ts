import { vmstatCounter } from '../vmstat-counter.ts';

/** Our own name: the kernel traces wake-ups (mm_vmscan_wakeup_kswapd) but does not count them. */
export default vmstatCounter(
  'kswapd_wake',
  'times that an allocation found kswapd asleep and woke it',
  'neither',
);
