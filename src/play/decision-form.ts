import { UserError } from '../base/user-error.ts';
import type { ZoneConfig } from '../model/machine-config.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { catalogs } from './bundle.ts';
import { type DecisionQuestion, decide } from './decision.ts';
import { decisionView } from './decision-view.ts';
import { h } from './dom.ts';
import { type DecideChoice, type PlayState, plainMessage } from './play-state.ts';
import type { DrawnRun } from './protocol.ts';
import type { HeldFiles } from './scenario-files.ts';

const CALLERS = ['GFP_KERNEL', 'GFP_ATOMIC', 'GFP_NOWAIT', 'GFP_NOIO', 'GFP_KERNEL|__GFP_NOFAIL'];

const FREE = 'free.';

export interface DecisionInput {
  readonly state: PlayState;
  readonly scenario: Scenario;
  readonly zones: readonly ZoneConfig[];
  readonly files: HeldFiles;
  readonly runs: readonly DrawnRun[];
  /** Of what somebody chose, for the link. */
  chosen(choice: DecideChoice): void;
}

/** One request to follow; at first the one that kmemleak died of, where it did. */
export function decisionForm(input: DecisionInput): HTMLElement {
  let choice: DecideChoice = input.state.decide ?? {};
  let question = chosenQuestion(input, choice);
  const answer = h('div', {});
  const ask = () => {
    try {
      const decision = decide(question, input.state, { files: input.files, catalogs });
      const stepped = (step: number) => tell({ ...choice, step: String(step) });
      answer.replaceChildren(decisionView(decision, choice['step'], stepped));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      answer.replaceChildren(h('p', { class: 'fault', role: 'alert' }, plainMessage(error)));
    }
  };
  const tell = (now: DecideChoice) => {
    choice = now;
    input.chosen(choice);
  };
  const change = (part: DecideChoice) => {
    const { step: _, ...kept } = choice;
    tell({ ...kept, ...part });
    question = chosenQuestion(input, choice);
    ask();
  };
  const own = ['', ...input.scenario.variants];
  const names = own.map((name) => [name, name === '' ? 'the caller itself' : `metadata: ${name}`]);
  const callers = [...new Set([firstQuestion(input).caller, ...CALLERS, question.caller])].map(
    (name) => [name, name],
  );
  ask();
  return h(
    'div',
    {},
    ...causeOf(input.runs),
    h(
      'div',
      { class: 'row' },
      select('decide-caller', 'Caller', callers, question.caller, (caller) => change({ caller })),
      select('decide-who', 'Whose request', names, question.variant, (variant) =>
        change({ variant }),
      ),
      ...input.zones.map(({ name }) =>
        pages(name, question.free[name] ?? 0, (count) =>
          change({ [`${FREE}${name}`]: String(count) }),
        ),
      ),
    ),
    answer,
  );
}

/** What the first proposal that lost kmemleak lost it to. */
function causeOf(runs: readonly DrawnRun[]): HTMLElement[] {
  const fatal = runs.find(({ death }) => death !== null);
  if (fatal === undefined) return [];
  const { variant } = fatal.course;
  const injected = (fatal.result.metrics['injected_metadata']?.value ?? 0) > 0;
  const cause = injected
    ? 'an injected fault: memory was there, as the steps below show'
    : 'a lack of memory that its request was allowed to use';
  return [h('p', {}, `With ${variant}, kmemleak died of ${cause}.`)];
}

/** What was chosen, as far as it fits, over where one begins. */
function chosenQuestion(input: DecisionInput, choice: DecideChoice): DecisionQuestion {
  const first = firstQuestion(input);
  const { variants } = input.scenario;
  const { caller = first.caller, variant = first.variant } = choice;
  const free = input.zones.map(({ name }) => {
    const text = choice[`${FREE}${name}`] ?? '';
    return [name, /^\d{1,12}$/.test(text) ? Number(text) : (first.free[name] ?? 0)];
  });
  return {
    caller,
    variant: variant === '' || variants.includes(variant) ? variant : first.variant,
    free: Object.fromEntries(free),
  };
}

/** Where kmemleak died: its own request, with what was free then. Else the end of the first run. */
function firstQuestion({ runs, zones, scenario }: DecisionInput): DecisionQuestion {
  const fatal = runs.find(({ death }) => death !== null);
  const moment = fatal?.death ?? runs[0]?.last;
  const free = Object.fromEntries(
    zones.map(({ name, free: { pages: now } }) => {
      return [name, moment?.zones.find((zone) => zone.name === name)?.free ?? now];
    }),
  );
  const caller =
    moment?.gfpClass === undefined || moment.gfpClass === '' ? 'GFP_KERNEL' : moment.gfpClass;
  return { caller, variant: fatal?.course.variant ?? scenario.variants[0]!, free };
}

function select(
  id: string,
  label: string,
  choices: readonly (readonly string[])[],
  value: string,
  chosen: (value: string) => void,
): HTMLElement {
  const options = choices.map(([name = '', text = '']) => h('option', { value: name }, text));
  const element = h('select', { id }, ...options);
  element.value = value;
  element.addEventListener('change', () => chosen(element.value));
  return h('div', { class: 'field' }, h('label', { for: id }, label), element);
}

function pages(zone: string, value: number, chosen: (pages: number) => void): HTMLElement {
  const id = `decide-free-${zone}`;
  const input = h('input', { id, type: 'number', min: 0, step: 1, value });
  input.addEventListener('input', () => {
    if (input.validity.valid && input.value !== '') chosen(Number(input.value));
  });
  const unit = h('span', { class: 'unit' }, 'pages');
  return h('div', { class: 'field' }, h('label', { for: id }, `Free in ${zone} `, unit), input);
}
