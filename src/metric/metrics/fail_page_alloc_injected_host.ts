import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'fail_page_alloc_injected_host',
  summary: 'page requests of callers that fail_page_alloc failed',
  capability: 'failPageAlloc',
  count: 'injected',
  role: 'host',
});
