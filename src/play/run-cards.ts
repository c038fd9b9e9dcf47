import { formatValue } from '../report/numbers.ts';
import type { NamedCourse } from '../report/plot/course.ts';
import { columnsOf } from '../report/plot/course.ts';
import {
  coursePanel,
  leastFree,
  lifeText,
  NO_SCALE,
  type PanelScale,
  widened,
} from './course-panel.ts';
import { folded, h, svg, table } from './dom.ts';
import type { DrawnRun } from './protocol.ts';
import { timeline } from './timeline.ts';

const SAMPLES = 8;

/**
 * The first run of each variant, side by side, each growing while it runs; those still to come have
 * their place already. All have the same axes, which grow with the runs.
 */
export class RunCards {
  readonly element = h('div', { class: 'cards' });
  readonly #cards = new Map<string, HTMLElement>();
  readonly #courses = new Map<string, NamedCourse>();
  readonly #finished = new Map<string, DrawnRun>();
  #scale: PanelScale = NO_SCALE;

  constructor(variants: readonly string[]) {
    for (const variant of variants) {
      const card = h('article', { class: 'card' });
      this.#cards.set(variant, card);
      this.#draw(variant);
    }
    this.element.append(...this.#cards.values());
  }

  grow(course: NamedCourse): void {
    this.#courses.set(course.variant, course);
    const scale = widened(this.#scale, course);
    if (scale === this.#scale) {
      this.#draw(course.variant);
      return;
    }
    this.#scale = scale;
    for (const variant of this.#courses.keys()) this.#draw(variant);
  }

  finish(run: DrawnRun): void {
    this.#finished.set(run.course.variant, run);
    this.grow(run.course);
  }

  #draw(variant: string): void {
    const card = this.#cards.get(variant);
    const course = this.#courses.get(variant);
    if (card === undefined) return;
    const run = this.#finished.get(variant);
    if (run !== undefined) card.dataset['drawn'] = variant;
    card.classList.toggle('waiting', course === undefined);
    card.replaceChildren(
      h('h3', {}, variant, ' ', ...(run === undefined ? [] : [endOf(run)])),
      ...(course === undefined ? [] : [svg(coursePanel(course, this.#scale))]),
      h('p', { class: 'print' }, ...(run === undefined ? [courseState(course)] : printOf(run))),
    );
  }
}

function endOf(run: DrawnRun): HTMLElement {
  const lives = run.course.deathNs === null;
  const text = `${lives ? '✓' : '✕'} ${endText(run)}`;
  return h('span', { class: lives ? 'life good' : 'life bad' }, text);
}

/** Where the fingerprint will be, so that nothing moves when a run has ended. */
function courseState(course: NamedCourse | undefined): string {
  return course === undefined ? 'waits' : 'runs …';
}

function printOf(run: DrawnRun): (Node | string)[] {
  return ['fingerprint ', h('code', {}, run.result.fingerprint)];
}

/** An untracked machine never had one that could live. */
function endText({ course, result }: DrawnRun): string {
  const { end } = result;
  return end === 'finished' || end === 'horizon' ? lifeText(course) : `${lifeText(course)}, ${end}`;
}

export function lifeSection(runs: readonly DrawnRun[]): HTMLElement {
  const courses = runs.map(({ course }) => course);
  const scroll = { class: 'wide', tabindex: 0, role: 'region', 'aria-label': 'Timeline' };
  const rows = runs.map(({ course, result }) => [
    course.variant,
    lifeText(course),
    String(leastFree(course)),
    result.end,
    result.fingerprint,
  ]);
  const heading = ['proposal', 'kmemleak', 'least free pages', 'the run', 'fingerprint'];
  return h(
    'div',
    {},
    h('div', scroll, svg(timeline(courses))),
    folded('These runs as a table', table('First run of each proposal', heading, rows)),
    folded('Free pages over time as a table', pagesTable(courses)),
  );
}

/** The curves in numbers: a row a time. */
function pagesTable(courses: readonly NamedCourse[]): HTMLElement {
  const end = Math.max(1, ...courses.map(({ endNs }) => endNs));
  const columns = courses.map((course) => columnsOf(course.series, end, SAMPLES));
  const rows = Array.from({ length: SAMPLES }, (_, i) => [
    formatValue(Math.round(((i + 1) * end) / SAMPLES), 'ns'),
    ...columns.map((pieces) => String(pieces[i]?.free ?? '')),
  ]);
  const heading = ['least free until', ...courses.map(({ variant }) => variant)];
  return table('Free pages, all zones together', heading, rows);
}
