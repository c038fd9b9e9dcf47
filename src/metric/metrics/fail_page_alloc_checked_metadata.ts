import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'fail_page_alloc_checked_metadata',
  summary: 'page requests of metadata that fail_page_alloc judged',
  capability: 'failPageAlloc',
  count: 'checked',
  role: 'metadata',
});
