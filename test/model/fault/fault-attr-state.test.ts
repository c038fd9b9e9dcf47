import { describe, expect, it } from 'vitest';
import { FAILSLAB_DEFAULTS, type FaultAttr } from '../../../src/model/fault/fault-attr.ts';
import { FaultAttrState, SPARED_FLAG } from '../../../src/model/fault/fault-attr-state.ts';
import {
  ROLE_DEPOT,
  ROLE_HOST,
  ROLE_METADATA,
  TaskContext,
} from '../../../src/model/sched/task-context.ts';

const ALWAYS: FaultAttr = { ...FAILSLAB_DEFAULTS, probability: 100, times: -1 };

/** Dice that fall as told, and say how often they were thrown. */
function dice(rolls: number[] = []) {
  const keys: number[][] = [];
  return {
    keys,
    percent: (...key: number[]) => {
      keys.push(key);
      return rolls.shift() ?? 0;
    },
  };
}

function state(attr: Partial<FaultAttr>, thrown = dice(), stackFirst = false) {
  return new FaultAttrState({ ...ALWAYS, ...attr }, thrown, 3, stackFirst);
}

/** The answers to so many equal requests: 1 for a fault. */
function answers(attr: FaultAttrState, context: TaskContext, count: number, size = 1): string {
  return Array.from({ length: count }, () => (attr.shouldFail(size, context) ? 1 : 0)).join('');
}

describe('should_fail', () => {
  it('with the default knobs never fails', () => {
    const attr = new FaultAttrState(FAILSLAB_DEFAULTS, dice(), 1, false);
    expect(answers(attr, new TaskContext(), 5)).toBe('00000');
  });

  it('lets a percentage equal to the roll pass, and one above it fail', () => {
    const thrown = dice([9, 10, 11, 0, 99]);
    expect(answers(state({ probability: 10 }, thrown), new TaskContext(), 5)).toBe('10010');
  });

  it('always fails at 100 and never at 0', () => {
    const high = dice([99, 99]);
    const forEver = state({}, high);
    expect(answers(forEver, new TaskContext(), 2)).toBe('11');
    expect(forEver.times).toBe(-1);
    const low = dice([0, 0]);
    expect(answers(state({ probability: 0 }, low), new TaskContext(), 2)).toBe('00');
    expect(low.keys).toHaveLength(0);
  });

  it('stops after `times` faults, and tries do not count', () => {
    const thrown = dice([50, 0, 50, 0, 0]);
    const attr = state({ probability: 10, times: 2 }, thrown);
    expect(answers(attr, new TaskContext(), 5)).toBe('01010');
    expect(attr.times).toBe(0);
    expect(thrown.keys).toHaveLength(4);
  });

  it('every interval-th call, counted only past the earlier tests', () => {
    expect(answers(state({ interval: 3 }), new TaskContext(), 9)).toBe('001001001');
    const filtered = state({ interval: 2, taskFilter: true });
    const plain = new TaskContext();
    const marked = new TaskContext();
    marked.makeItFail = true;
    expect(answers(filtered, plain, 3)).toBe('000');
    expect(answers(filtered, marked, 4)).toBe('0101');
  });

  it('spends space on larger-than-size budgets only, strictly', () => {
    const attr = state({ space: 100 });
    const context = new TaskContext();
    expect(attr.shouldFail(60, context)).toBe(false);
    expect(attr.space).toBe(40);
    expect(attr.shouldFail(40, context)).toBe(true);
    expect(attr.space).toBe(40);
    expect(attr.shouldFail(39, context)).toBe(false);
    expect(attr.space).toBe(1);
    expect(attr.shouldFail(1, context)).toBe(true);
  });

  it('with times 0 spends neither space nor interval', () => {
    const attr = state({ times: 0, space: 100 });
    expect(answers(attr, new TaskContext(), 3, 10)).toBe('000');
    expect(attr.space).toBe(100);
  });

  it('the task filter needs task context and make-it-fail', () => {
    const attr = state({ taskFilter: true });
    const context = new TaskContext();
    expect(attr.shouldFail(1, context)).toBe(false);
    context.makeItFail = true;
    expect(attr.shouldFail(1, context)).toBe(true);
    context.inSoftirq = true;
    expect(attr.shouldFail(1, context)).toBe(false);
  });
});

describe('fail-nth', () => {
  it('fails the n-th call whatever the probability, and reads 0 then', () => {
    const context = new TaskContext();
    context.failNth = 3;
    const attr = state({ probability: 0 });
    expect(answers(attr, context, 5)).toBe('00100');
    expect(context.failNth).toBe(0);
  });

  it('comes before everything else while it counts', () => {
    const context = new TaskContext();
    context.failNth = 3;
    const attr = state({ space: 100, interval: 2 });
    expect(answers(attr, context, 2, 10)).toBe('00');
    expect(attr.space).toBe(100);
    expect(context.failNth).toBe(1);
  });

  it('takes one of `times` when it fires', () => {
    const context = new TaskContext();
    context.failNth = 1;
    const attr = state({ times: 1 });
    expect(answers(attr, context, 2)).toBe('10');
    expect(attr.times).toBe(0);
  });

  it('fires even when `times` is used up, and leaves it at 0', () => {
    const context = new TaskContext();
    context.failNth = 1;
    const attr = state({ times: 0, probability: 0 });
    expect(attr.shouldFail(1, context)).toBe(true);
    expect(attr.times).toBe(0);
  });

  it('is not consulted in hard or soft interrupts', () => {
    const context = new TaskContext();
    context.failNth = 1;
    context.inHardirq = true;
    expect(state({ probability: 0 }).shouldFail(1, context)).toBe(false);
    expect(context.failNth).toBe(1);
  });
});

describe('the stack filter', () => {
  const metadata = new TaskContext();
  metadata.role = ROLE_METADATA;

  it('after the dice (4.17, 6.1): a rejected call has moved the interval', () => {
    const attr = state({ interval: 2, stackFilter: 'reject-metadata' });
    const host = new TaskContext();
    const seen = [host, metadata, host, metadata].map((who) => attr.shouldFail(1, who));
    expect(seen).toEqual([false, false, false, false]);
  });

  it('first (6.12): a rejected call moves nothing', () => {
    const attr = state({ interval: 2, stackFilter: 'reject-metadata' }, dice(), true);
    const host = new TaskContext();
    const seen = [host, metadata, host, metadata].map((who) => attr.shouldFail(1, who));
    expect(seen).toEqual([false, false, true, false]);
  });

  it('before fail-nth on 6.12, unused by it before', () => {
    const context = new TaskContext();
    context.failNth = 1;
    const knobs = { probability: 0, stackFilter: 'require-metadata' } as const;
    expect(state(knobs, dice(), true).shouldFail(1, context)).toBe(false);
    expect(context.failNth).toBe(1);
    expect(state(knobs).shouldFail(1, context)).toBe(true);
  });
});

describe('the coins and the counts', () => {
  it('keys a coin by allocation, role and number of the check', () => {
    const thrown = dice();
    const attr = state({}, thrown);
    const context = new TaskContext();
    context.allocationIndex = 7;
    answers(attr, context, 2);
    context.role = ROLE_METADATA;
    context.faultChecks = 0;
    attr.shouldFail(1, context);
    expect(thrown.keys).toEqual([
      [7, ROLE_HOST, 0],
      [7, ROLE_HOST, 1],
      [7, ROLE_METADATA, 0],
    ]);
  });

  it('counts what an armed injector judges, and not what passes a disarmed one', () => {
    const judged = (knobs: Partial<FaultAttr>, set: (context: TaskContext) => void = () => {}) => {
      const attr = state(knobs);
      const context = new TaskContext();
      set(context);
      answers(attr, context, 4);
      return attr.readings().checked.host;
    };
    expect(judged({ interval: 3, probability: 10, space: 2 })).toBe(4);
    expect(judged({ probability: 0 })).toBe(0);
    expect(judged({ taskFilter: true })).toBe(0);
    expect(judged({ times: 1 })).toBe(1);
    const second = (context: TaskContext) => {
      context.failNth = 2;
    };
    expect(judged({ probability: 0 }, second)).toBe(2);
  });

  it('counts who is spared only where there is a probability to be spared from', () => {
    const spared = [0, 1].map((probability) => {
      const attr = state({ probability });
      attr.spare(SPARED_FLAG);
      return attr.readings().spared.flag;
    });
    expect(spared).toEqual([0, 1]);
  });

  it('reports each fault unless it is told not to, or asked to keep quiet', () => {
    const context = new TaskContext();
    const loud = state({});
    expect([loud.shouldFail(1, context), loud.shouldFail(1, context, true)]).toEqual([true, true]);
    expect(loud.readings()).toMatchObject({ injected: { host: 2 }, reported: { host: 1 } });
    const silent = state({ verbose: 0 });
    expect(answers(silent, context, 2)).toBe('11');
    expect(silent.readings().reported.host).toBe(0);
  });

  it('counts by role and by class', () => {
    const attr = state({ times: 2 });
    const context = new TaskContext();
    context.gfpClass = 1;
    attr.shouldFail(1, context);
    context.role = ROLE_DEPOT;
    context.gfpClass = 2;
    answers(attr, context, 2);
    const one = { host: 1, metadata: 0, area: 0, depot: 1, other: 0 };
    expect(attr.readings()).toMatchObject({ checked: one, injected: one });
    expect(attr.injectedIn(1, ROLE_HOST)).toBe(1);
    expect(attr.injectedIn(2, ROLE_DEPOT)).toBe(1);
    expect(attr.injectedIn(0, ROLE_HOST)).toBe(0);
  });

  it('a caller that is no class is counted by role only', () => {
    const attr = state({});
    const context = new TaskContext();
    context.gfpClass = -1;
    attr.shouldFail(1, context);
    expect(attr.readings().injected.host).toBe(1);
    expect([0, 1, 2].map((index) => attr.injectedIn(index, ROLE_HOST))).toEqual([0, 0, 0]);
  });
});
