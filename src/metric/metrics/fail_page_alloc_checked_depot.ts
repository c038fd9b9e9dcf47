import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'fail_page_alloc_checked_depot',
  summary: 'page requests of the stack depot that fail_page_alloc judged',
  capability: 'failPageAlloc',
  count: 'checked',
  role: 'depot',
});
