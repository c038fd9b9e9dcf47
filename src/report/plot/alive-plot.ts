import { formatValue } from '../numbers.ts';
import type { Alive, Standing } from '../standings.ts';
import { isFull } from '../standings.ts';
import type { Drawing } from './bar-plot.ts';
import { element, escapeText } from './svg.ts';

const LEFT = 112;
/** For all cells of a row; a single load has room for the moment of death. */
const ROOM = 276;
const CELL_LEAST = 64;
/** Of an average letter. */
const LETTER = 7;
const BETWEEN = 6;
const ROW = 25;
const HEAD = 24;
const GAP = 22;

const ALIVE = '#00795c';

/**
 * Who stayed alive: a row a variant, a column a load, in each the share of runs in which kmemleak
 * tracked to the end. Narrow, so that a telephone shows it whole.
 */
export function alivePlot(standings: readonly Standing[], loads: readonly string[]): Drawing {
  const proposals = standings.filter(({ bound }) => !bound);
  const bounds = standings.filter(({ bound }) => bound);
  const cellWidth = Math.max(CELL_LEAST, Math.floor(ROOM / loads.length));
  const width = LEFT + loads.length * cellWidth;
  const heads = loads.map((name, i) =>
    element('text', { x: LEFT + i * cellWidth, y: 15, class: 'tick' }, [
      escapeText(clipped(name, Math.floor(cellWidth / LETTER))),
    ]),
  );
  const second = HEAD + proposals.length * ROW + GAP;
  const note = element('text', { x: 4, y: second - 6, class: 'mark' }, [
    'for scale, not proposals:',
  ]);
  return {
    size: {
      width,
      height: (bounds.length === 0 ? second - GAP : second + bounds.length * ROW) + 4,
    },
    children: [
      ...heads,
      ...proposals.flatMap((one, i) => row(one, HEAD + i * ROW, cellWidth)),
      ...(bounds.length === 0 ? [] : [note]),
      ...bounds.flatMap((one, i) => row(one, second + i * ROW, cellWidth)),
    ],
  };
}

function row({ variant, loads, full, bound }: Standing, top: number, cellWidth: number): string[] {
  const style = full === loads.length && !bound ? { class: 'strong' } : {};
  return [
    element('text', { x: LEFT - 8, y: top + 16, 'text-anchor': 'end', ...style }, [
      escapeText(clipped(variant, 15)),
    ]),
    ...loads.flatMap((alive, i) => {
      return cell(alive, { x: LEFT + i * cellWidth, y: top + 2, width: cellWidth - BETWEEN });
    }),
  ];
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function cell(alive: Alive, { x, y, width }: Place): string[] {
  const share = alive.stuck ? 0 : alive.hits / alive.runs;
  const frame = { x, y, width, height: ROW - 5, fill: 'none' };
  const bar = { x, y, width: width * share, height: ROW - 5, fill: ALIVE };
  const ink = share >= 0.5 ? { fill: '#fff' } : {};
  return [
    element('rect', { ...frame, stroke: ALIVE }),
    ...(share > 0 ? [element('rect', bar)] : []),
    element('text', { x: x + 6, y: y + 15, ...ink }, [escapeText(cellText(alive, width))]),
  ];
}

function cellText(alive: Alive, width: number): string {
  const { hits, runs, stuck, died } = alive;
  if (stuck) return 'stuck';
  const count = `${isFull(alive) ? '\u2713' : '\u00d7'} ${hits}/${runs}`;
  if (width < ROOM / 2) return count;
  if (died === null) return `${count} alive`;
  return `${count} alive, dies at request ${formatValue(died, 'count')}`;
}

function clipped(name: string, letters: number): string {
  return name.length > letters ? `${name.slice(0, letters - 1)}\u2026` : name;
}
