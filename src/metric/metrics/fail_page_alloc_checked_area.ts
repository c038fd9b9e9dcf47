import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'fail_page_alloc_checked_area',
  summary: 'page requests for scan areas that fail_page_alloc judged',
  capability: 'failPageAlloc',
  count: 'checked',
  role: 'area',
});
