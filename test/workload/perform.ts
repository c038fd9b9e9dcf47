import {
  OP_ALLOCATE,
  OP_END,
  OP_FREE,
  OP_LEAK,
  Operation,
  type OperationSource,
} from '../../src/model/operation.ts';

/** What a load did against a machine that grants everything but what `refuse` names. */
export interface Performance {
  readonly attempts: number;
  readonly failures: number;
  readonly frees: number;
  readonly live: number;
  readonly leaks: number;
  readonly operations: number;
  /** It had not ended after OPERATIONS_MAX of them. */
  readonly endless: boolean;
  readonly byClass: number[];
  /** Every operation as kind, slot, size, class. */
  readonly trace: number[][];
}

const OPERATIONS_MAX = 500_000;

export function perform(
  source: OperationSource,
  refuse: (index: number) => boolean = () => false,
  watch: (operation: Operation) => void = () => {},
): Performance {
  const live = new Set<number>();
  const counts = { attempts: 0, failures: 0, frees: 0, leaks: 0, operations: 0 };
  const byClass = source.classes.map(() => 0);
  const trace: number[][] = [];
  const operation = new Operation();
  const task = {
    isLive: (slot: number) => live.has(slot),
    get failures() {
      return counts.failures;
    },
    get attempts() {
      return counts.attempts;
    },
    freePages: () => 0,
  };
  while (counts.operations < OPERATIONS_MAX) {
    source.next(operation, task);
    if (operation.kind === OP_END) {
      return { ...counts, live: live.size, byClass, trace, endless: false };
    }
    counts.operations += 1;
    watch(operation);
    const { kind, slot, sizeBytes, gfpClass } = operation;
    if (trace.length < 5000) trace.push([kind, slot, sizeBytes, gfpClass]);
    if (kind === OP_ALLOCATE) {
      counts.attempts += 1;
      byClass[gfpClass]! += 1;
      if (refuse(counts.attempts)) counts.failures += 1;
      else if (slot >= 0) live.add(slot);
    } else if (kind === OP_FREE || kind === OP_LEAK) {
      if (kind === OP_FREE) counts.frees += 1;
      else counts.leaks += 1;
      if (!live.delete(slot)) throw new Error('an empty slot is freed');
    }
  }
  return { ...counts, live: live.size, byClass, trace, endless: true };
}
