import { UserError } from '../base/user-error.ts';
import { catalogs, heldFiles } from './bundle.ts';
import { makeExperiment } from './experiment.ts';
import { stateIn } from './play-state.ts';
import { type Answer, type Question, STANDING } from './protocol.ts';
import { loadState } from './scenario-text.ts';

/** The worker's side: one question, many answers. */
export function startWorker(): void {
  self.onmessage = ({ data }: MessageEvent<Question>) => {
    try {
      const own = data.own ?? STANDING;
      const state = stateIn(data.link, own.scenario);
      const { scenario } = loadState(state, heldFiles(own.files), catalogs);
      const { question, variants, replications } = scenario;
      tell({ kind: 'scenario', outline: { question, variants, replications } });
      makeExperiment(scenario, catalogs, tell);
    } catch (error) {
      // What is no mistake of the user's is a fault of the program, and goes to the console, too.
      tell({ kind: 'fault', message: error instanceof Error ? error.message : String(error) });
      if (!(error instanceof UserError)) throw error;
    }
  };
}

function tell(answer: Answer): void {
  self.postMessage(answer);
}
