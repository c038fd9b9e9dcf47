import { faultCounter } from '../fault-counter.ts';

export default faultCounter({
  name: 'fail_page_alloc_injected_metadata',
  summary: 'page requests of metadata that fail_page_alloc failed',
  capability: 'failPageAlloc',
  count: 'injected',
  role: 'metadata',
});
