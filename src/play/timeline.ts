import { scaleLinear } from 'd3-scale';
import { formatValue } from '../report/numbers.ts';
import { columnTexts } from '../report/plot/axes.ts';
import { columnsOf, type NamedCourse } from '../report/plot/course.ts';
import { courseLanes, lanesHeight } from '../report/plot/course-lanes.ts';
import { drawing } from '../report/plot/svg.ts';
import { lifeText } from './course-panel.ts';

const WIDTH = 720;
const LEFT = 150;
const RIGHT = 30;
const TIMES = 26;
const PIECES = 240;

/** All variants below each other: how long kmemleak lived, and who else was at work. */
export function timeline(courses: readonly NamedCourse[]): string {
  const end = Math.max(1, ...courses.map(({ endNs }) => endNs));
  const x = scaleLinear([0, end], [LEFT, WIDTH - RIGHT]);
  const lanes = courses.map((course) => ({
    ...course,
    columns: columnsOf(course.series, course.endNs, PIECES),
  }));
  const height = lanesHeight(courses.length) + TIMES;
  const says = {
    title: 'kmemleak, alive and dead',
    description: courses.map((course) => `${course.variant}: ${lifeText(course)}`).join('; '),
  };
  const times = columnTexts(x.ticks(5), x, height - 6, (ns) => formatValue(ns, 'ns'));
  return drawing({ width: WIDTH, height }, says, [
    ...courseLanes(lanes, { left: LEFT, top: 4, x }),
    ...times,
  ]);
}
