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
}

export interface FailslabSpec extends FaultAttr {
  readonly ignoreGfpWait: boolean;
  readonly cacheFilter: boolean;
}

export interface FailPageAllocSpec extends FaultAttr {
  readonly ignoreGfpWait: boolean;
  readonly ignoreGfpHighmem: boolean;
  readonly minOrder: number;
}

export interface FaultSpec {
  readonly failslab: FailslabSpec;
  readonly failPageAlloc: FailPageAllocSpec;
}
