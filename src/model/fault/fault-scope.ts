import type { TaskContext } from '../sched/task-context.ts';

/** What went wrong with scopes: requests spared that were not meant, and scopes cut short. */
export interface ScopeReadings {
  readonly brokenScopes: number;
}

/** A way to say around metadata requests that they are not to be failed. */
export interface FaultScope {
  /** A metadata request begins, or ends, in this context. */
  enter(context: TaskContext): void;
  leave(context: TaskContext): void;
  /** Whether a request made now in this context is spared, whoever opened the scope. */
  spares(context: TaskContext): boolean;
  readings(): ScopeReadings;
}
