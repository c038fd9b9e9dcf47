import { setImmediate as nextTurn } from 'node:timers/promises';
import { UserError } from '../base/user-error.ts';
import { planRuns, type RunPlan } from '../experiment/plan.ts';
import { Runner } from '../experiment/run.ts';
import type { RunResult } from '../experiment/run-result.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { EXIT_INTERRUPTED, EXIT_TERMINATED } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export interface RunOutcome {
  readonly plan: RunPlan;
  /** In the plan's order. */
  readonly results: readonly RunResult[];
}

/** Makes all runs, one after another; a signal ends the work between two of them. */
export async function runPlan(
  loaded: readonly LoadedScenario[],
  catalogs: Catalogs,
  terminal: Terminal,
  samplePeriodNs?: number,
): Promise<RunOutcome> {
  const scenarios = loaded.map(({ scenario }) => scenario);
  const plan = planRuns(scenarios, catalogs);
  const results: RunResult[] = [];
  const runner = new Runner(scenarios, catalogs, samplePeriodNs);
  const signals = new Signals();
  try {
    for (const { spec } of plan.runs) {
      const done = `${results.length}/${plan.runs.length}`;
      terminal.progress(`${done} ${spec.scenario} ${spec.variant} #${spec.replication}`);
      results.push(runner.run(spec));
      await nextTurn();
      signals.throwIfAny();
    }
  } finally {
    signals.stop();
    terminal.clearProgress();
  }
  return { plan, results };
}

/** Notes SIGINT and SIGTERM, so that nothing is left half written. */
class Signals {
  #exitCode = 0;
  readonly #interrupt = () => {
    this.#exitCode = EXIT_INTERRUPTED;
  };
  readonly #terminate = () => {
    this.#exitCode = EXIT_TERMINATED;
  };

  constructor() {
    process.on('SIGINT', this.#interrupt);
    process.on('SIGTERM', this.#terminate);
  }

  throwIfAny(): void {
    if (this.#exitCode === 0) return;
    throw new UserError('interrupted; nothing was written', { exitCode: this.#exitCode });
  }

  stop(): void {
    process.off('SIGINT', this.#interrupt);
    process.off('SIGTERM', this.#terminate);
  }
}
