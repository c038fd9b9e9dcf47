/*
 * How hard compaction tries, and what it answers.
 *
 * Models: include/linux/compaction.h enum compact_priority, enum compact_result (4.17, 6.1,
 * 6.12). Departs: CONTINUE, NO_SUITABLE_PAGE and CONTENDED never come out.
 */

/** compact_priority: the lower, the harder it tries. */
export const COMPACT_SYNC_FULL = 0;
export const COMPACT_SYNC_LIGHT = 1;
export const COMPACT_ASYNC = 2;

/** compact_result, in the kernel's order: of several zones the highest counts. */
export const COMPACT_NOT_SUITABLE = 0;
export const COMPACT_SKIPPED = 1;
export const COMPACT_DEFERRED = 2;
export const COMPACT_COMPLETE = 3;
export const COMPACT_PARTIAL_SKIPPED = 4;
export const COMPACT_SUCCESS = 5;

const TEXTS: readonly string[] = [
  'no zone is suitable',
  'no zone is suitable',
  'deferred after earlier failures',
  'complete, nothing gained',
  'a part was scanned, nothing gained',
  'a block is there',
];

/** For decision logs. */
export function compactText(result: number): string {
  return TEXTS[result]!;
}
