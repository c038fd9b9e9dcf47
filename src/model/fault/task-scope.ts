import type { TaskContext } from '../sched/task-context.ts';
import type { FaultScope, ScopeReadings } from './fault-scope.ts';

/** What the scope reads of the machine. */
export interface ScopeSetting {
  readonly cpus: number;
  nowNs(): number;
  /** Who runs on a CPU, or ran there when an interrupt came; null: nobody. */
  currentOn(cpu: number): TaskContext | null;
}

/**
 * A bit in the running task: set for the metadata request, cleared after it.
 *
 *   task       ──set──────────────clear──      noFaultDepth: the bit, while a request sleeps
 *   #from, #until  [ CPU ]                     when the last one there was set and cleared
 *   softirq         └─ spared by the task's bit; its own request clears it on the way out
 *
 * A hard interrupt has a bit of its own. A softirq has not: it finds the bit of the task that it
 * came upon, so its callers are spared too, until its own metadata request clears the bit for
 * both.
 *
 * **Models:** the trial of May 2018 with bits in task_struct.make_it_fail, on 4.17.
 * **Departs:** an interrupt comes after the test that its task's request is up to, never
 * between the setting of the bit and that test.
 */
export class TaskScope implements FaultScope {
  readonly #setting: ScopeSetting;
  readonly #from: Float64Array;
  readonly #until: Float64Array;
  #brokenScopes = 0;

  constructor(setting: ScopeSetting) {
    this.#setting = setting;
    this.#from = new Float64Array(setting.cpus).fill(-1);
    this.#until = new Float64Array(setting.cpus).fill(-1);
  }

  enter(context: TaskContext): void {
    context.noFaultDepth += 1;
    if (context.inInterrupt) return;
    this.#from[context.cpu] = this.#setting.nowNs() + context.spentNs;
    this.#until[context.cpu] = -1;
  }

  /** The bit is cleared, whoever else had set it. */
  leave(context: TaskContext): void {
    if (context.inSoftirq) this.#clearInterrupted(context.cpu);
    else if (context.noFaultDepth > 1) this.#brokenScopes += 1;
    context.noFaultDepth = 0;
    if (!context.inInterrupt) {
      this.#until[context.cpu] = this.#setting.nowNs() + context.spentNs;
    }
  }

  spares(context: TaskContext): boolean {
    if (context.noFaultDepth > 0) return true;
    return context.inSoftirq && this.#interruptedHasBit(context.cpu);
  }

  readings(): ScopeReadings {
    return { brokenScopes: this.#brokenScopes };
  }

  #interruptedHasBit(cpu: number): boolean {
    const interrupted = this.#setting.currentOn(cpu);
    if (interrupted === null) return false;
    if (interrupted.noFaultDepth > 0) return true;
    const nowNs = this.#setting.nowNs();
    return this.#from[cpu]! <= nowNs && nowNs < this.#until[cpu]!;
  }

  #clearInterrupted(cpu: number): void {
    if (!this.#interruptedHasBit(cpu)) return;
    this.#brokenScopes += 1;
    this.#until[cpu] = -1;
    const interrupted = this.#setting.currentOn(cpu);
    if (interrupted !== null) interrupted.noFaultDepth = 0;
  }
}
