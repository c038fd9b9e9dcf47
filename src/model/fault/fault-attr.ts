/**
 * What a user may set of the two fault capabilities, by the names of their debugfs files.
 *
 * **Models:** include/linux/fault-inject.h (FAULT_ATTR_INITIALIZER), mm/failslab.c and the
 * fail_page_alloc part of mm/page_alloc.c: the knobs and their defaults, 4.17 to 6.12.
 * **Departs:** the rate limit of reports is left out; of the stack filter only the two settings
 * that matter to kmemleak exist, as `stackFilter`.
 */

/** Knobs of one fault capability, by their debugfs names. */
export interface FaultAttr {
  /** Percent, 0…100. */
  readonly probability: number;
  readonly interval: number;
  /** −1: for ever. */
  readonly times: number;
  /** Bytes (failslab) or pages (fail_page_alloc) that pass before the first injection. */
  readonly space: number;
  readonly taskFilter: boolean;
  /** What an injection prints. 0: nothing; 1: a line; 2: a line and the stack. */
  readonly verbose: number;
  /**
   * The stack filter with kmemleak's object creation as its reject or its require range.
   * Absent: the default ranges, which accept every stack.
   */
  readonly stackFilter?: 'reject-metadata' | 'require-metadata';
}

export interface FailslabSpec extends FaultAttr {
  readonly ignoreGfpWait: boolean;
  readonly cacheFilter: boolean;
  /** Caches whose sysfs file `failslab` is 1; they matter to the cache filter alone. */
  readonly markedCaches: readonly string[];
}

export interface FailPageAllocSpec extends FaultAttr {
  readonly ignoreGfpWait: boolean;
  readonly ignoreGfpHighmem: boolean;
  readonly minOrder: number;
}

export interface FaultSpec {
  readonly failslab: FailslabSpec;
  readonly failPageAlloc: FailPageAllocSpec;
  /**
   * CONFIG_FAULT_INJECTION: the kernel can inject at all. Default true; some proposals decide by
   * it. Where it is false both probabilities must be 0.
   */
  readonly builtIn?: boolean;
}

/** As the kernel boots: nothing is injected until a probability is written. */
const FAULT_ATTR_DEFAULTS: FaultAttr = {
  probability: 0,
  interval: 1,
  times: 1,
  space: 0,
  taskFilter: false,
  verbose: 2,
};

export const FAILSLAB_DEFAULTS: FailslabSpec = {
  ...FAULT_ATTR_DEFAULTS,
  ignoreGfpWait: true,
  cacheFilter: false,
  markedCaches: [],
};

export const FAIL_PAGE_ALLOC_DEFAULTS: FailPageAllocSpec = {
  ...FAULT_ATTR_DEFAULTS,
  ignoreGfpWait: true,
  ignoreGfpHighmem: true,
  minOrder: 1,
};

export const FAULT_DEFAULTS: FaultSpec = {
  failslab: FAILSLAB_DEFAULTS,
  failPageAlloc: FAIL_PAGE_ALLOC_DEFAULTS,
};
