import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'fail_page_alloc_injected_depot',
  summary: 'page requests of the stack depot that fail_page_alloc failed',
  capability: 'failPageAlloc',
  count: 'injected',
  role: 'depot',
});
