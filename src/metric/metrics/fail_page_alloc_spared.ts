import { sparedCounter } from '../fault-counter.ts';

export default sparedCounter(
  'fail_page_alloc_spared',
  'page requests that NOFAIL, a new flag or a scope kept from fail_page_alloc',
  'failPageAlloc',
);
