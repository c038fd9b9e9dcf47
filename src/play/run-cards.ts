import { formatValue } from '../report/numbers.ts';
import type { NamedCourse } from '../report/plot/course.ts';
import { columnsOf } from '../report/plot/course.ts';
import { coursePanel, leastFree, lifeText, panelScale } from './course-panel.ts';
import { folded, h, svg, table } from './dom.ts';
import type { DrawnRun } from './protocol.ts';
import { timeline } from './timeline.ts';

const SAMPLES = 8;

/** The first run of each variant, side by side; those still to come have their place already. */
export function runCards(variants: readonly string[], runs: readonly DrawnRun[]): HTMLElement {
  const scale = panelScale(runs.map(({ course }) => course));
  const cards = variants.map((variant) => {
    const run = runs.find(({ course }) => course.variant === variant);
    if (run === undefined) {
      return h('article', { class: 'card waiting' }, h('h3', {}, variant), h('p', {}, 'runs …'));
    }
    const { course, result } = run;
    const lives = course.deathNs === null;
    const life = h('span', { class: lives ? 'life good' : 'life bad' });
    life.append(lives ? '✓ ' : '✕ ', endText(run));
    return h(
      'article',
      { class: 'card', 'data-drawn': variant },
      h('h3', {}, variant, ' ', life),
      svg(coursePanel(course, scale)),
      h('p', { class: 'print' }, 'fingerprint ', h('code', {}, result.fingerprint)),
    );
  });
  return h('div', { class: 'cards' }, ...cards);
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
