import { UserError } from '../base/user-error.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { catalogs, heldFiles } from './bundle.ts';
import { controls } from './controls.ts';
import { decisionForm } from './decision-form.ts';
import { find, h } from './dom.ts';
import { ExperimentClient, type LoadedProgram } from './experiment-client.ts';
import { clearFaults, showFault } from './field-view.ts';
import { frame, scenarioSelect } from './frame.ts';
import {
  changedPath,
  commandOf,
  linkOf,
  type PlayState,
  plainMessage,
  stateIn,
  withChange,
  withoutChange,
} from './play-state.ts';
import type { Answer, DrawnRun, OwnFiles } from './protocol.ts';
import { intervalsView, numbersView, verdictView } from './report-view.ts';
import { lifeSection, runCards } from './run-cards.ts';
import type { HeldFiles } from './scenario-files.ts';
import { loadState, treeOf, yamlOf } from './scenario-text.ts';
import { copyBox } from './take-away.ts';
import { variantChoice } from './variant-choice.ts';
import { textOf, valueAt } from './written-tree.ts';

declare global {
  var gfpsim: LoadedProgram;
}

/** What `gfpsim play` wrote into the page. */
interface Own {
  readonly scenario: string;
  readonly files: OwnFiles;
}

const STANDING_SCENARIO = 'rfc-2018/drain';

export function startPage(): void {
  const own = JSON.parse(find('own').textContent) as Own | null;
  new PlayPage(globalThis.gfpsim, own ?? { scenario: STANDING_SCENARIO, files: {} }).start();
}

/** The page: one state, and everything that is shown of it. */
class PlayPage {
  readonly #own: Own;
  readonly #files: HeldFiles;
  readonly #client: ExperimentClient;
  #state: PlayState;
  #scenario: Scenario | null = null;
  #runs: DrawnRun[] = [];

  constructor(program: LoadedProgram, own: Own) {
    this.#own = own;
    this.#files = heldFiles(own.files);
    this.#client = new ExperimentClient(program, (answer) => this.#take(answer));
    this.#state = { scenario: own.scenario, changes: {} };
  }

  start(): void {
    find('page').replaceChildren(...frame(() => this.#stop()));
    addEventListener('hashchange', () => this.#readLink());
    this.#readLink();
  }

  #readLink(): void {
    this.#told(() => {
      const state = stateIn(location.hash, this.#own.scenario);
      const isKnown = this.#scenarios().includes(state.scenario);
      if (!isKnown) {
        throw new UserError(`this page has no scenario '${state.scenario.slice(0, 60)}'`, {
          hint: 'choose one of those it has',
        });
      }
      this.#state = state;
      this.#show();
    });
    if (this.#scenario !== null) return;
    // A link that leads nowhere still leaves somebody with a page to choose from.
    const said = find('fault').textContent;
    this.#state = { scenario: this.#own.scenario, changes: {} };
    this.#show();
    find('fault').textContent = said;
  }

  #scenarios(): string[] {
    return [...Object.keys(this.#own.files), ...heldFiles({}).scenarios()];
  }

  /** A change of the reader's: into the link, and run. */
  #change(state: PlayState): void {
    this.#state = state;
    history.replaceState(null, '', `#${linkOf(state)}`);
    this.#show();
  }

  #put(changes: Readonly<Record<string, string>>): void {
    const bare = treeOf({ ...this.#state, changes: {} }, this.#files);
    let state = this.#state;
    for (const [path, text] of Object.entries(changes)) {
      const isStanding = text === textOf(valueAt(bare, path));
      state = isStanding ? withoutChange(state, path) : withChange(state, path, text);
    }
    this.#change(state);
  }

  /** Without what the scenario expects: that may be of a proposal which is left out. */
  #choose(variants: readonly string[]): void {
    const paths = ['variants', 'expect', 'answer'];
    const bare = paths.reduce(withoutChange, this.#state);
    if (variants.join() === this.#standing().join()) this.#change(bare);
    else this.#put({ variants: `[${variants.join(', ')}]`, expect: '', answer: '' });
  }

  /** The proposals that the scenario itself compares. */
  #standing(): readonly string[] {
    const own = { scenario: this.#state.scenario, changes: {} };
    return loadState(own, this.#files, catalogs).scenario.variants;
  }

  /** Everything anew; what was focused stays so. */
  #show(): void {
    clearFaults();
    // The worker reads the scenario, too: at the same time.
    this.#client.ask({ state: this.#state, ownFiles: this.#own.files });
    this.#setBusy(true);
    this.#told(() => {
      const { scenario } = loadState(this.#state, this.#files, catalogs);
      this.#scenario = scenario;
      this.#showControls(scenario);
      this.#showTakeAway(scenario);
      this.#runs = [];
      find('question').textContent = scenario.question;
      find('verdict').replaceChildren(h('p', { class: 'about' }, 'Running …'));
      for (const part of ['life', 'numbers', 'intervals', 'decision']) {
        find(part).replaceChildren();
      }
      this.#showRuns(scenario);
    });
  }

  /** Runs a step; a mistake of the reader's is told at its field, else on top. */
  #told(step: () => void): void {
    find('fault').textContent = '';
    try {
      step();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#client.stop();
      this.#setBusy(false);
      const path = changedPath(error);
      const isShown = path !== undefined && showFault(path, plainMessage(error));
      find('fault').textContent = isShown ? 'One value below does not fit.' : plainMessage(error);
    }
  }

  #showControls(scenario: Scenario): void {
    const focused = document.activeElement?.id ?? '';
    const tree = treeOf(this.#state, this.#files);
    const events = {
      change: (path: string, text: string) => this.#put({ [path]: text }),
      changeAll: (changes: Readonly<Record<string, string>>) => this.#put(changes),
    };
    const named = ({ textContent }: Element) => textContent.replace(/\(.*/, '');
    const open = [...find('controls').querySelectorAll('details[open] > summary')].map(named);
    const choose = (name: string) => this.#change({ scenario: name, changes: {} });
    find('controls').replaceChildren(
      scenarioSelect(this.#scenarios(), this.#state.scenario, choose),
      variantChoice(scenario, this.#standing(), (variants) => this.#choose(variants)),
      ...controls({ scenario, tree, machines: this.#files.machines(), events }),
    );
    for (const summary of find('controls').querySelectorAll('summary')) {
      if (open.includes(named(summary))) summary.parentElement?.setAttribute('open', '');
    }
    if (focused !== '') document.getElementById(focused)?.focus();
  }

  #showTakeAway(scenario: Scenario): void {
    const text = yamlOf(treeOf(this.#state, this.#files));
    const link = `${location.href.replace(/#.*$/, '')}#${linkOf(this.#state)}`;
    find('take').replaceChildren(
      copyBox('take-link', 'Link to this page as it stands', link),
      copyBox('take-command', 'The same runs on the command line', commandOf(this.#state)),
      copyBox('take-yaml', `The scenario as a file, such as ${scenario.name}.yaml`, text),
    );
  }

  #take(answer: Answer): void {
    const scenario = this.#scenario;
    if (scenario === null) return;
    if (answer.kind === 'run') {
      this.#runs.push(answer.run);
      this.#showRuns(scenario);
      if (this.#runs.length === scenario.variants.length) this.#showFirstRuns(scenario);
    } else if (answer.kind === 'progress') {
      const bar = find('progress') as HTMLProgressElement;
      bar.max = answer.of;
      bar.value = answer.made;
      find('progress-text').textContent = `${answer.made} of ${answer.of} runs`;
    } else if (answer.kind === 'report') {
      find('verdict').replaceChildren(...verdictView(answer.report));
      find('numbers').replaceChildren(...numbersView(answer.report));
      find('intervals').replaceChildren(...intervalsView(answer.report));
      if (answer.done === scenario.replications) this.#setBusy(false);
    } else if (answer.kind === 'fault') {
      find('fault').textContent = answer.message;
      this.#setBusy(false);
    }
  }

  #showRuns(scenario: Scenario): void {
    find('runs').replaceChildren(runCards(scenario.variants, this.#runs));
  }

  #showFirstRuns(scenario: Scenario): void {
    find('life').replaceChildren(lifeSection(this.#runs));
    const { zones } = resolveScenario(scenario, catalogs).config;
    const [state, files, runs] = [this.#state, this.#files, this.#runs];
    find('decision').replaceChildren(decisionForm({ state, scenario, zones, files, runs }));
  }

  #stop(): void {
    this.#client.stop();
    this.#setBusy(false);
    find('progress-text').textContent += ', stopped';
  }

  #setBusy(busy: boolean): void {
    find('results').setAttribute('aria-busy', String(busy));
    find('stop').hidden = !busy;
  }
}
