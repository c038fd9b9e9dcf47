import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'fail_page_alloc_injected_area',
  summary: 'page requests for scan areas that fail_page_alloc failed',
  capability: 'failPageAlloc',
  count: 'injected',
  role: 'area',
});
