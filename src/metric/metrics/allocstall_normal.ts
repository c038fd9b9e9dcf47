import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter(
  'allocstall_normal',
  'direct reclaims entered for zone Normal',
  'lower',
);
