import { describe, expect, it } from 'vitest';
import { GlobalScope } from '../../../src/model/fault/global-scope.ts';
import { OwnScope } from '../../../src/model/fault/own-scope.ts';
import { TaskScope } from '../../../src/model/fault/task-scope.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';

function contextOn(cpu: number, more: Partial<TaskContext> = {}): TaskContext {
  const context = new TaskContext();
  context.cpu = cpu;
  return Object.assign(context, more);
}

/** A clock that the test sets. */
class Clock {
  ns = 0;
  readonly now = () => this.ns;
}

/** One whole request on its CPU: it begins and ends so long after the operation's start. */
function request(scope: GlobalScope | TaskScope, context: TaskContext, from: number, to: number) {
  context.spentNs = from;
  scope.enter(context);
  context.spentNs = to;
  scope.leave(context);
  context.spentNs = 0;
}

describe('the machine-wide switch', () => {
  it('is on for everybody while one request lasts, not before and not after', () => {
    const clock = new Clock();
    const scope = new GlobalScope(clock.now);
    const other = contextOn(1);
    request(scope, contextOn(0), 100, 300);
    const spared = [50, 150, 299, 300].map((ns) => {
      clock.ns = ns;
      return scope.spares(other);
    });
    expect(spared).toEqual([false, true, true, false]);
    expect(scope.readings().brokenScopes).toBe(0);
  });

  it('stays on for ever when two requests overlap without being nested', () => {
    const clock = new Clock();
    const scope = new GlobalScope(clock.now);
    request(scope, contextOn(0), 100, 300);
    request(scope, contextOn(1), 200, 400);
    clock.ns = 350;
    expect(scope.spares(contextOn(1))).toBe(false);
    clock.ns = 1e9;
    expect(scope.spares(contextOn(0))).toBe(true);
    expect(scope.readings().brokenScopes).toBe(2);
  });

  it('is right again where one request lies in the other', () => {
    const clock = new Clock();
    const scope = new GlobalScope(clock.now);
    request(scope, contextOn(0), 100, 400);
    request(scope, contextOn(1), 200, 300);
    clock.ns = 350;
    expect(scope.spares(contextOn(1))).toBe(true);
    clock.ns = 500;
    expect(scope.spares(contextOn(1))).toBe(false);
    expect(scope.readings().brokenScopes).toBe(0);
  });

  it('is kept by a request that sleeps', () => {
    const clock = new Clock();
    const scope = new GlobalScope(clock.now);
    const sleeper = contextOn(0);
    scope.enter(sleeper);
    clock.ns = 5e9;
    expect(scope.spares(contextOn(1))).toBe(true);
    scope.leave(sleeper);
    expect(scope.spares(contextOn(1))).toBe(false);
  });
});

describe('the bit of the task', () => {
  /** A task on CPU 0 whose request lasted from 100 to 300 ns, and what comes upon it. */
  function interrupted() {
    const clock = new Clock();
    const task = contextOn(0);
    const scope = new TaskScope({
      cpus: 2,
      nowNs: clock.now,
      currentOn: (cpu) => (cpu === 0 ? task : null),
    });
    request(scope, task, 100, 300);
    return { clock, task, scope };
  }

  it('spares the callers of a softirq that comes inside, on that CPU alone', () => {
    const { clock, scope } = interrupted();
    const softirq = contextOn(0, { inSoftirq: true });
    const spared = [50, 100, 299, 300].map((ns) => {
      clock.ns = ns;
      return scope.spares(softirq);
    });
    expect(spared).toEqual([false, true, true, false]);
    clock.ns = 200;
    expect(scope.spares(contextOn(1, { inSoftirq: true }))).toBe(false);
    expect(scope.spares(contextOn(1))).toBe(false);
  });

  it("is cleared by the softirq's own request, for the task, too", () => {
    const { clock, task, scope } = interrupted();
    const softirq = contextOn(0, { inSoftirq: true });
    clock.ns = 200;
    request(scope, softirq, 0, 10);
    expect(scope.spares(softirq)).toBe(false);
    expect(scope.readings().brokenScopes).toBe(1);
    scope.enter(task);
    clock.ns = 900;
    expect(scope.spares(task)).toBe(true);
    request(scope, softirq, 0, 10);
    expect(scope.spares(task)).toBe(false);
    expect(scope.readings().brokenScopes).toBe(2);
  });

  it('is not seen by a hard interrupt, which has its own', () => {
    const { clock, task, scope } = interrupted();
    const hardirq = contextOn(0, { inHardirq: true });
    clock.ns = 200;
    expect(scope.spares(hardirq)).toBe(false);
    scope.enter(hardirq);
    expect(scope.spares(hardirq)).toBe(true);
    scope.leave(hardirq);
    scope.enter(task);
    expect(scope.spares(task)).toBe(true);
    expect(scope.readings().brokenScopes).toBe(0);
  });
});

it("one's own scope is nobody else's", () => {
  const scope = new OwnScope();
  const task = contextOn(0);
  scope.enter(task);
  scope.enter(task);
  expect(scope.spares(contextOn(0, { inSoftirq: true }))).toBe(false);
  scope.leave(task);
  expect(scope.spares(task)).toBe(true);
  scope.leave(task);
  expect(scope.spares(task)).toBe(false);
  expect(scope.readings().brokenScopes).toBe(0);
});
