import { vmstatCounter } from '../vmstat-counter.ts';

export default vmstatCounter(
  'workingset_activate',
  'refaulted pages that started active',
  'neither',
);
