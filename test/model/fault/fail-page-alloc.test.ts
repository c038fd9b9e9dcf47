import { describe, expect, it } from 'vitest';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import { FailPageAlloc } from '../../../src/model/fault/fail-page-alloc.ts';
import {
  FAIL_PAGE_ALLOC_DEFAULTS,
  type FailPageAllocSpec,
} from '../../../src/model/fault/fault-attr.ts';
import { FaultExemptions } from '../../../src/model/fault/fault-exemptions.ts';
import { OwnScope } from '../../../src/model/fault/own-scope.ts';
import { ROLE_METADATA, TaskContext } from '../../../src/model/sched/task-context.ts';

/** Metadata for a GFP_KERNEL caller under quiet-2011 as SLUB asks for its pages, 4.17. */
const FIRST_TRY = 0x152c0;
const SECOND_TRY_QUIET = 0x14152c0;
const SECOND_TRY_NOFAIL = 0x1415ac0;

function point(knobs: Partial<FailPageAllocSpec> = {}, exemptions = new FaultExemptions()) {
  const spec = { ...FAIL_PAGE_ALLOC_DEFAULTS, probability: 100, times: -1, ...knobs };
  const dice = { percent: () => 0 };
  return new FailPageAlloc(spec, { kernel: linux417, exemptions, dice, classes: 1 });
}

describe('fail_page_alloc', () => {
  it('by default hits the first try of a new slab, but never its second at order 0', () => {
    const faults = point();
    const context = new TaskContext();
    expect(faults.shouldFail(FIRST_TRY, 1, context)).toBe(true);
    expect(faults.shouldFail(SECOND_TRY_QUIET, 0, context)).toBe(false);
    expect(faults.shouldFail(0x1095220, 1, context)).toBe(true);
    expect(faults.shouldFail(0x1095220, 0, context)).toBe(false);
  });

  it('with min-order 0 and N hits the second try too, unless it carries NOFAIL', () => {
    const faults = point({ minOrder: 0, ignoreGfpWait: false });
    const context = new TaskContext();
    expect(faults.shouldFail(SECOND_TRY_QUIET, 0, context)).toBe(true);
    expect(faults.shouldFail(SECOND_TRY_NOFAIL, 0, context)).toBe(false);
    expect(faults.readings().spared.nofail).toBe(1);
  });

  it('one fail-nth fault can hit only one of the two tries', () => {
    const faults = point({ probability: 0, minOrder: 0, ignoreGfpWait: false });
    const context = new TaskContext();
    context.failNth = 1;
    expect(faults.shouldFail(FIRST_TRY, 1, context)).toBe(true);
    expect(faults.shouldFail(SECOND_TRY_QUIET, 0, context)).toBe(false);
  });

  it('refuses from the smallest order on', () => {
    const faults = point({ minOrder: 2, ignoreGfpWait: false });
    expect(faults.shouldFail(0, 1, new TaskContext())).toBe(false);
    expect(faults.shouldFail(0, 2, new TaskContext())).toBe(true);
  });

  it('spares highmem and direct reclaim as told; KSWAPD alone never', () => {
    const faults = point({ minOrder: 0 });
    const context = new TaskContext();
    expect(faults.shouldFail(0x2, 0, context)).toBe(false);
    expect(faults.shouldFail(0x14000c0, 0, context)).toBe(false);
    expect(faults.shouldFail(0x1080020, 0, context)).toBe(true);
    const open = point({ minOrder: 0, ignoreGfpHighmem: false, ignoreGfpWait: false });
    expect(open.shouldFail(0x2, 0, context)).toBe(true);
    expect(open.shouldFail(0x14000c0, 0, context)).toBe(true);
  });

  it('spares a new flag and a scope, after the order', () => {
    const scope = new OwnScope();
    const exemptions = new FaultExemptions(0x4000000, false, scope);
    const faults = point({ minOrder: 1, ignoreGfpWait: false }, exemptions);
    const context = new TaskContext();
    expect(faults.shouldFail(0x4000000, 1, context)).toBe(false);
    expect(faults.shouldFail(0x4000000, 0, context)).toBe(false);
    scope.enter(context);
    expect(faults.shouldFail(0, 1, context)).toBe(false);
    context.role = ROLE_METADATA;
    expect(faults.shouldFail(0, 1, context)).toBe(false);
    expect(faults.readings().spared).toEqual({ nofail: 0, flag: 1, scope: 1, wrongly: 1 });
  });

  it('counts pages, not bytes, against space', () => {
    const faults = point({ minOrder: 0, ignoreGfpWait: false, space: 4 });
    const context = new TaskContext();
    expect(faults.shouldFail(0, 1, context)).toBe(false);
    expect(faults.attr.space).toBe(2);
    expect(faults.shouldFail(0, 1, context)).toBe(true);
  });

  it('the stack depot is a target by default: order 2, no direct reclaim (6.1)', () => {
    const depot = linux61.kmemleak.stackDepot!;
    const spec = { ...FAIL_PAGE_ALLOC_DEFAULTS, probability: 100 };
    const exemptions = new FaultExemptions();
    const dice = { percent: () => 0 };
    const faults = new FailPageAlloc(spec, { kernel: linux61, exemptions, dice, classes: 1 });
    expect(faults.shouldFail(depot.gfp, depot.order, new TaskContext())).toBe(true);
  });
});
