import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'fail_page_alloc_checked_host',
  summary: 'page requests of callers that fail_page_alloc judged',
  capability: 'failPageAlloc',
  count: 'checked',
  role: 'host',
});
