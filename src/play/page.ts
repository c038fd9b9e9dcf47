import { UserError } from '../base/user-error.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { catalogs, heldFiles } from './bundle.ts';
import { controls } from './controls.ts';
import { decisionForm } from './decision-form.ts';
import { find } from './dom.ts';
import type { ExperimentClient } from './experiment-client.ts';
import { clearFaults, showFault } from './field-view.ts';
import {
  changedPath,
  commandOf,
  type DecideChoice,
  linkOf,
  type PlayState,
  plainMessage,
  stateIn,
  withChange,
  withDecision,
  withoutChange,
} from './play-state.ts';
import { type DrawnRun, type Own, type Question, STANDING } from './protocol.ts';
import type { Results } from './results.ts';
import type { HeldFiles } from './scenario-files.ts';
import { scenarioSelect } from './scenario-select.ts';
import { loadState, treeOf, yamlOf } from './scenario-text.ts';
import { copyBox } from './take-away.ts';
import { variantChoice } from './variant-choice.ts';
import { textOf, valueAt } from './written-tree.ts';

/** The page: one state, and everything that is shown of it. */
export class PlayPage {
  readonly #client: ExperimentClient;
  readonly #results: Results;
  readonly #own: Own;
  readonly #files: HeldFiles;
  /** The link that the worker has been asked about already. */
  #asked: string | null;
  #state: PlayState;
  #scenario: Scenario | null = null;

  constructor(client: ExperimentClient, results: Results, { link, own }: Question) {
    this.#client = client;
    this.#results = results;
    this.#own = own ?? STANDING;
    this.#files = heldFiles(this.#own.files);
    this.#asked = link;
    this.#state = { scenario: this.#own.scenario, changes: {} };
  }

  start(): void {
    addEventListener('hashchange', () => this.#readLink());
    this.#readLink();
    this.#results.whenDrawn = (runs) => this.#showDecision(runs);
    const drawn = this.#results.drawnRuns();
    if (drawn.length > 0) this.#showDecision(drawn);
    this.#results.whole();
  }

  #readLink(): void {
    const isAsked = location.hash === this.#asked;
    if (!isAsked) clearFaults();
    this.#told(() => {
      const state = stateIn(location.hash, this.#own.scenario);
      const isKnown = this.#scenarios().includes(state.scenario);
      if (!isKnown) {
        throw new UserError(`this page has no scenario '${state.scenario.slice(0, 60)}'`, {
          hint: 'choose one of those it has',
        });
      }
      this.#state = state;
      this.#show(isAsked);
    });
    this.#asked = null;
    if (this.#scenario !== null) return;
    // A link that leads nowhere still leaves somebody with a page to choose from.
    const said = find('fault').textContent;
    this.#state = { scenario: this.#own.scenario, changes: {} };
    this.#show(false);
    find('fault').textContent = said;
  }

  #scenarios(): string[] {
    return [...Object.keys(this.#own.files), ...heldFiles({}).scenarios()];
  }

  /** A change of the reader's: into the link, and run. */
  #change(state: PlayState): void {
    // Another machine or load asks in other steps.
    const { step: _, ...decide } = state.decide ?? {};
    this.#address(withDecision(state, decide));
    this.#show(false);
  }

  #address(state: PlayState): void {
    this.#state = state;
    history.replaceState(null, '', `#${linkOf(state)}`);
  }

  #put(changes: Readonly<Record<string, string>>): void {
    const bare = treeOf({ ...this.#state, changes: {} }, this.#files, catalogs);
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

  /** Everything anew; what was focused stays so. Runs that go on already are not begun again. */
  #show(isAsked: boolean): void {
    if (!isAsked) {
      clearFaults();
      // The worker reads the scenario, too: at the same time.
      this.#client.ask({ link: linkOf(this.#state), own: this.#own });
      this.#results.setBusy(true);
    }
    this.#told(() => {
      const { scenario } = loadState(this.#state, this.#files, catalogs);
      this.#scenario = scenario;
      this.#showControls(scenario);
      this.#showTakeAway(scenario);
      if (!isAsked) this.#results.begin(scenario);
    });
  }

  /** Runs a step; a mistake of the reader's is told at its field, else on top. */
  #told(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#client.stop();
      this.#results.setBusy(false);
      const path = changedPath(error);
      const isShown = path !== undefined && showFault(path, plainMessage(error));
      find('fault').textContent = isShown ? 'One value below does not fit.' : plainMessage(error);
    }
  }

  #showControls(scenario: Scenario): void {
    const focused = document.activeElement?.id ?? '';
    const tree = treeOf(this.#state, this.#files, catalogs);
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
    const text = yamlOf(treeOf(this.#state, this.#files, catalogs));
    const link = `${location.href.replace(/#.*$/, '')}#${linkOf(this.#state)}`;
    find('take').replaceChildren(
      copyBox('take-link', 'Link to this page as it stands', link),
      copyBox('take-command', 'The same runs on the command line', commandOf(this.#state)),
      copyBox('take-yaml', `The scenario as a file, such as ${scenario.name}.yaml`, text),
    );
  }

  #showDecision(runs: readonly DrawnRun[]): void {
    const scenario = this.#scenario;
    if (scenario === null) return;
    const { zones } = resolveScenario(scenario, catalogs).config;
    const [state, files] = [this.#state, this.#files];
    const chosen = (decide: DecideChoice) => {
      this.#address(withDecision(this.#state, decide));
      this.#showTakeAway(scenario);
    };
    find('decision').replaceChildren(decisionForm({ state, scenario, zones, files, runs, chosen }));
  }
}
