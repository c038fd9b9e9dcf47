import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter(
  'compact_success',
  'direct compactions after which the request got its block',
  'higher',
);
