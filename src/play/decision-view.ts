import type { DecideReport } from '../model/decide-query.ts';
import type { DecideStep } from '../model/decision-recorder.ts';
import type { Decision } from './decision.ts';
import { decisionPicture } from './decision-picture.ts';
import { folded, h, svg, table } from './dom.ts';

const OUTCOMES: Readonly<Record<DecideReport['outcome'], string>> = {
  page: 'It gets its memory.',
  fail: 'It is refused.',
  block: 'It waits for the OOM killer.',
  loop: 'It goes round for ever.',
};

/** Lines of one step: what was entered, then the zones that were tested in it. */
interface Scene {
  readonly title: string;
  readonly note: string;
  readonly checks: readonly DecideStep[];
}

/**
 * A decision to walk through, scene by scene: by buttons, or with the arrow keys. It begins with
 * the step that somebody chose, from 1 on, or with the last that tested a zone.
 */
export function decisionView(
  { report, zones }: Decision,
  chosen: string | undefined,
  stepped: (step: number) => void,
): HTMLElement {
  const scenes = scenesOf(report.steps);
  const telling = scenes.findLastIndex(({ checks }) => checks.length > 0);
  let current = /^\d{1,6}$/.test(chosen ?? '') ? Number(chosen) - 1 : telling;
  const picture = h('div', { class: 'picture' });
  const told = h('p', { class: 'told', 'aria-live': 'polite' });
  const list = h('ol', { class: 'scenes' });
  const back = h('button', { type: 'button' }, '← Back');
  const next = h('button', { type: 'button' }, 'Next →');
  const show = (index: number) => {
    current = Math.max(0, Math.min(scenes.length - 1, index));
    const { title, note, checks } = scenes[current]!;
    picture.replaceChildren(svg(decisionPicture(zones, checks, innerWidth - 32)));
    const place = `${current + 1} of ${scenes.length}`;
    told.replaceChildren(h('b', {}, `${place} · ${title}`), ` ${note}`);
    back.disabled = current === 0;
    next.disabled = current === scenes.length - 1;
    [...list.children].forEach((item, i) => {
      const button = item.firstElementChild!;
      if (i === current) button.setAttribute('aria-current', 'step');
      else button.removeAttribute('aria-current');
    });
  };
  const go = (index: number) => {
    show(index);
    stepped(current + 1);
  };
  scenes.forEach(({ title, checks }, i) => {
    const button = h('button', { type: 'button' }, title, ...marksOf(checks));
    button.addEventListener('click', () => go(i));
    list.append(h('li', {}, button));
  });
  back.addEventListener('click', () => go(current - 1));
  next.addEventListener('click', () => go(current + 1));
  show(current);
  const mask = report.text === '' ? report.gfp : report.text;
  const view = h(
    'div',
    { class: 'decision' },
    h('p', { class: `outcome ${report.outcome}` }, OUTCOMES[report.outcome]),
    h('p', { class: 'about' }, h('code', {}, mask.replaceAll('|', ' | '))),
    picture,
    told,
    h('div', { class: 'steps' }, back, next),
    list,
    folded('All steps as a table', stepsTable(report.steps)),
  );
  view.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    go(current + step);
  });
  return view;
}

function scenesOf(steps: readonly DecideStep[]): Scene[] {
  const scenes: { title: string; note: string; checks: DecideStep[] }[] = [];
  for (const step of steps) {
    const last = scenes.at(-1);
    if (step.zone === undefined || last === undefined || last.title !== step.step) {
      const note = step.zone === undefined ? step.note : '';
      scenes.push({ title: step.step, note, checks: [] });
    }
    if (step.zone !== undefined) scenes.at(-1)!.checks.push(step);
  }
  return scenes;
}

/** A sign for each zone that was tested. */
function marksOf(checks: readonly DecideStep[]): HTMLElement[] {
  return checks.flatMap(({ zone, passed }) =>
    passed === undefined
      ? []
      : [h('span', { class: passed ? 'good' : 'bad' }, ` ${passed ? '✓' : '✕'} ${zone}`)],
  );
}

function stepsTable(steps: readonly DecideStep[]): HTMLElement {
  const rows = steps.map(({ step, zone, free, needed, passed, note }) => [
    step,
    zone ?? '',
    free === undefined ? '' : String(free),
    needed === undefined ? '' : String(needed),
    passed === undefined ? '' : passed ? 'passes' : 'refused',
    note,
  ]);
  return table('The decision', ['step', 'zone', 'free', 'needs', 'verdict', 'note'], rows);
}
