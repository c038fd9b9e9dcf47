import { describe, expect, it } from 'vitest';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import { StackDepot } from '../../../src/model/kmemleak/stack-depot.ts';
import { NONE } from '../../../src/model/page-source.ts';
import { ROLE_DEPOT, ROLE_METADATA, TaskContext } from '../../../src/model/sched/task-context.ts';

/** 16 KiB hold 102 traces of 160 bytes. */
const TRACES_A_POOL = 102;

function depot(pfns: number[]) {
  const requests: number[][] = [];
  const pages = {
    allocate: (order: number, gfp: number, context: TaskContext) => {
      requests.push([order, gfp, context.role, context.faultChecks]);
      return pfns.shift() ?? NONE;
    },
    *allocateSlowly() {
      yield 0;
      return NONE;
    },
    free: () => {},
  };
  return { depot: new StackDepot(linux61.kmemleak.stackDepot!, pages, 1000), requests };
}

function metadataContext(): TaskContext {
  const context = new TaskContext();
  context.role = ROLE_METADATA;
  context.faultChecks = 3;
  return context;
}

describe('the stack depot', () => {
  it('keeps a trace once', () => {
    const { depot: store, requests } = depot([]);
    const context = metadataContext();
    for (let time = 0; time < 500; time++) expect(store.save(4, context)).toBe(true);
    expect(requests).toEqual([]);
  });

  it('asks for an order-2 page, quietly and by its own role, once no pool is ready', () => {
    const { depot: store, requests } = depot([512]);
    const context = metadataContext();
    for (let trace = 0; trace <= TRACES_A_POOL; trace++) store.save(trace, context);
    expect(requests).toEqual([]);
    store.save(TRACES_A_POOL + 1, context);
    expect(requests).toEqual([[2, 0x2800, ROLE_DEPOT, 0]]);
    expect([context.role, context.faultChecks]).toEqual([ROLE_METADATA, 3]);
    store.save(TRACES_A_POOL + 2, context);
    expect(requests).toHaveLength(1);
  });

  it('leaves an object without a trace when the page is refused, and asks again', () => {
    const { depot: store, requests } = depot([]);
    const context = metadataContext();
    const answers = Array.from({ length: 2 * TRACES_A_POOL + 1 }, (_, trace) =>
      store.save(trace, context),
    );
    expect(answers.indexOf(false)).toBe(2 * TRACES_A_POOL);
    expect(store.counts).toEqual({
      requests: TRACES_A_POOL,
      failures: TRACES_A_POOL,
      traceless: 1,
    });
    expect(store.save(0, context)).toBe(true);
    expect(requests).toHaveLength(TRACES_A_POOL);
  });
});
