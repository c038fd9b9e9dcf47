import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter(
  'workingset_refault',
  'file pages read again that reclaim had taken',
  'lower',
);
