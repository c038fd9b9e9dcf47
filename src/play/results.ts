import { find, h } from './dom.ts';
import type { Answer, DrawnRun, Outline } from './protocol.ts';
import { intervalsView, numbersView, verdictView } from './report-view.ts';
import { lifeSection, RunCards } from './run-cards.ts';

/** What the runs show, as the worker tells it. */
export class Results {
  /** Called when each variant has made its first run, and at once if they have. */
  whenDrawn: (runs: readonly DrawnRun[]) => void = () => {};
  #outline: Outline = { question: '', variants: [], replications: 0 };
  #runs: DrawnRun[] = [];
  #cards = new RunCards([]);
  #isBusy = false;
  #isWhole = false;

  /** The runs of the first seed, once all are there; else none. */
  drawnRuns(): readonly DrawnRun[] {
    const { variants } = this.#outline;
    return this.#runs.length > 0 && this.#runs.length === variants.length ? this.#runs : [];
  }

  /** Other runs begin: what was shown of the former ones goes. */
  begin(outline: Outline): void {
    this.#outline = outline;
    this.#runs = [];
    this.#cards = new RunCards(outline.variants);
    find('question').textContent = outline.question;
    find('verdict').replaceChildren(h('p', { class: 'about' }, 'Running …'));
    for (const part of ['life', 'numbers', 'intervals', 'decision']) {
      find(part).replaceChildren();
    }
    find('runs').replaceChildren(this.#cards.element);
  }

  take(answer: Answer): void {
    switch (answer.kind) {
      case 'scenario':
        this.begin(answer.outline);
        break;
      case 'course':
        this.#cards.grow(answer.course);
        break;
      case 'run':
        this.#finish(answer.run);
        break;
      case 'progress':
        this.#showProgress(answer.made, answer.of);
        break;
      case 'report':
        find('verdict').replaceChildren(...verdictView(answer.report));
        find('numbers').replaceChildren(...numbersView(answer.report));
        find('intervals').replaceChildren(...intervalsView(answer.report));
        if (answer.done === this.#outline.replications) this.setBusy(false);
        break;
      case 'fault':
        find('fault').textContent = answer.message;
        this.setBusy(false);
    }
  }

  stopped(): void {
    this.setBusy(false);
    find('progress-text').textContent += ', stopped';
  }

  setBusy(busy: boolean): void {
    this.#isBusy = busy;
    this.#showBusy();
  }

  /** All of the page is there; until then it is busy, whatever the runs do. */
  whole(): void {
    this.#isWhole = true;
    this.#showBusy();
  }

  #showBusy(): void {
    find('results').setAttribute('aria-busy', String(this.#isBusy || !this.#isWhole));
    find('stop').hidden = !this.#isBusy;
  }

  #finish(run: DrawnRun): void {
    this.#runs.push(run);
    this.#cards.finish(run);
    if (this.drawnRuns().length === 0) return;
    find('life').replaceChildren(lifeSection(this.#runs));
    this.whenDrawn(this.#runs);
  }

  #showProgress(made: number, of: number): void {
    const bar = find('progress') as HTMLProgressElement;
    bar.max = of;
    bar.value = made;
    find('progress-text').textContent = `${made} of ${of} runs`;
  }
}
