import { splitByAgreement } from './cells.ts';
import { aliveFigure, claimFigure, type Figure, isAbsent, loadFigures } from './figures.ts';
import { metricFigure } from './metric-figure.ts';
import type { Report } from './report.ts';
import { verdictOf } from './verdict.ts';

/** A figure under the name of its file, without an ending. */
export interface NamedFigure {
  readonly name: string;
  readonly figure: Figure;
}

/** All figures of one load, or of all together. */
export interface FigureGroup {
  readonly heading: string;
  readonly says: readonly string[];
  readonly figures: readonly NamedFigure[];
}

/** Every plot of these reports, or of each load one, under a name of its own: LOAD-PLOT. */
export function figureGroups(reports: readonly Report[], isBrief: boolean): FigureGroup[] {
  const taken = new Set<string>();
  const named = (load: string, figures: readonly Figure[]): NamedFigure[] =>
    figures.map((figure) => ({ name: freeName(fileName(`${load}-${figure.id}`), taken), figure }));
  const all = reports.length > 1 ? aliveFigure(reports) : null;
  const verdict = verdictOf(reports);
  const together = {
    heading: 'All loads',
    says: verdict === null ? [] : [verdict.winner, ...verdict.why],
    figures: all === null ? [] : named('all', [all]),
  };
  return [
    ...(all === null ? [] : [together]),
    ...reports.map((report) => ({
      heading: report.name,
      says: [report.question, ...report.headline],
      figures: named(report.name, isBrief ? tellingFigure(report) : figuresOf(report)),
    })),
  ];
}

function figuresOf(report: Report): Figure[] {
  const alive = aliveFigure([report]);
  const metrics = splitByAgreement(report).telling.map((metric) => metricFigure(report, metric));
  return [
    ...(alive === null ? [] : [alive]),
    ...loadFigures(report).filter((one): one is Figure => !isAbsent(one)),
    ...metrics.filter((one) => one !== null),
  ];
}

/** The one that answers: the claims; else the first metric that tells, or who lived. */
function tellingFigure(report: Report): Figure[] {
  const { claims = [] } = report;
  if (claims.length > 0) return [claimFigure(claims)];
  const [first] = splitByAgreement(report).telling;
  const alive = aliveFigure([report]);
  const isLife = first === undefined || first.name === 'kmemleak_alive';
  const one = isLife ? alive : (metricFigure(report, first) ?? alive);
  return one === null ? [] : [one];
}

/** Letters that every file system and every link takes. */
function fileName(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 120);
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}-${count}`;
  taken.add(name);
  return name;
}
