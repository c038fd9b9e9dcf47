import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter(
  'allocstall_movable',
  'direct reclaims entered for zone Movable',
  'lower',
);
