import { find } from './dom.ts';
import { ExperimentClient, type LoadedProgram } from './experiment-client.ts';
import { frame } from './frame.ts';
import type { Answer } from './protocol.ts';
import { Results } from './results.ts';

declare global {
  var gfpsim: LoadedProgram;
}

/**
 * The first moment: the worker is asked already, and what it tells is drawn. All else that the page
 * can do waits until there is something to see, or something to complain of.
 */
export function openPage(): void {
  const { gfpsim } = globalThis;
  let isComplete = false;
  const results = new Results();
  const listen = (answer: Answer) => {
    results.take(answer);
    if (isComplete || answer.kind === 'scenario') return;
    isComplete = true;
    afterPainting(async () => {
      const { PlayPage } = await import('./page.ts');
      new PlayPage(client, results, gfpsim.question).start();
    });
  };
  const client = new ExperimentClient(gfpsim, listen);
  const stop = () => {
    client.stop();
    results.stopped();
  };
  find('page').replaceChildren(...frame(stop));
  results.setBusy(true);
  gfpsim.heard.forEach(listen);
}

/** A page in the background is not painted, and need not wait for it. */
function afterPainting(step: () => void): void {
  if (document.visibilityState === 'hidden') setTimeout(step);
  else requestAnimationFrame(() => setTimeout(step));
}
