import type { TaskContext } from '../sched/task-context.ts';
import type { FaultScope, ScopeReadings } from './fault-scope.ts';

/**
 * A scope of whoever allocates, and of nobody else: an interrupt that comes inside it has its
 * own, and one scope may lie in another.
 *
 * **Models:** no kernel's: the proposal of a scope, in the manner of memalloc_nofs_save, 4.17.
 * **Departs:** how it would be told from an interrupt's is left open, as in the proposal.
 */
export class OwnScope implements FaultScope {
  enter(context: TaskContext): void {
    context.noFaultDepth += 1;
  }

  leave(context: TaskContext): void {
    context.noFaultDepth -= 1;
  }

  spares(context: TaskContext): boolean {
    return context.noFaultDepth > 0;
  }

  readings(): ScopeReadings {
    return { brokenScopes: 0 };
  }
}
