import type { Claim } from '../experiment/claims.ts';
import { demandText, measuredText, subjectText } from './claim-text.ts';
import { formatPlain, formatValue } from './numbers.ts';
import { alivePlot } from './plot/alive-plot.ts';
import { barPlot, type Drawing } from './plot/bar-plot.ts';
import { claimPlot } from './plot/claim-plot.ts';
import { fineColumns, marksText, type NamedCourse } from './plot/course.ts';
import { coursePlot } from './plot/course-plot.ts';
import { type StallQuantiles, type StallRow, stallPlot } from './plot/stall-plot.ts';
import { drawing } from './plot/svg.ts';
import type { Report, ReportRow } from './report.ts';
import { resultIn, standingsOf } from './standings.ts';

/** One plot with what its reader needs: how to read it, and its numbers as a table. */
export interface Figure {
  /** Names its file: the same for the same kind of plot in every report. */
  readonly id: string;
  readonly heading: string;
  /** For somebody who has not seen such a plot, in a sentence or two. */
  readonly reads: string;
  readonly svg: string;
  readonly table: FigureTable;
}

export interface FigureTable {
  readonly heading: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A plot that would show nothing, and the sentence that says the same. */
export interface Absent {
  readonly heading: string;
  readonly because: string;
}

export function isAbsent(one: Figure | Absent): one is Absent {
  return 'because' in one;
}

/** More columns than this no page holds beside each other. */
export const MOST_LOADS = 8;

/** The picture on top: who stayed alive; null where nobody asked, or of too many loads at once. */
export function aliveFigure(reports: readonly Report[]): Figure | null {
  const standings = standingsOf(reports);
  if (standings.length === 0 || reports.length > MOST_LOADS) return null;
  const loads = reports.map(({ name }) => name);
  const rows = standings.map(({ variant, loads: all }) => [
    variant,
    ...all.map(({ hits, runs, stuck }) => (stuck ? 'stuck' : `${hits}/${runs}`)),
  ]);
  const says = rows.map(([variant, ...shares]) => `${variant}: ${shares.join(', ')}`).join('; ');
  return {
    id: 'alive',
    heading: 'Who stayed alive',
    reads: `Runs at whose end kmemleak still worked, of all runs${
      loads.length === 1 ? '' : ', a column a load'
    }. A full bar: in every run.`,
    svg: written('runs in which kmemleak stayed alive', says, alivePlot(standings, loads)),
    table: { heading: ['variant', ...loads], rows },
  };
}

/** What a load's runs show beside its metrics, in a page's order. */
export function loadFigures(report: Report): (Figure | Absent)[] {
  const rows = report.rows.filter(({ tiedWith }) => tiedWith === null);
  const { courses, claims = [] } = report;
  const claimed = claims.length === 0 ? [] : [claimFigure(claims)];
  if (rows.length === 0) return claimed;
  return [
    ...claimed,
    ...courseFigures(courses ?? []),
    stallFigure(rows),
    depthFigure(rows),
    faultFigure(rows),
  ];
}

const CLAIM_READS =
  'A row a claim; those of one metric share a scale. The band, or the dashed rule of the theory, ' +
  'is what was claimed; the dot is what was measured, its line the range that holds the truth ' +
  'with 95 % confidence. A claim holds where all of the line lies in the band, or on the rule.';

/** The answer's evidence. */
export function claimFigure(claims: readonly Claim[]): Figure {
  const rows = claims.map((claim) => [
    subjectText(claim).replace(/:$/, ''),
    measuredText(claim),
    demandText(claim).replace(/^, /, ''),
    claim.outcome,
    claim.why,
  ]);
  const says = rows.map(([what, found, , outcome]) => `${what}: ${found}, ${outcome}`).join('; ');
  return {
    id: 'claims',
    heading: 'What was claimed, and what was measured',
    reads: CLAIM_READS,
    svg: written('claims and what was measured of them', says, claimPlot(claims)),
    table: { heading: ['what', 'measured', 'claimed', 'outcome', 'because'], rows },
  };
}

const COURSE_READS =
  'The first run of each variant. Above: free pages of all zones (by square roots, so that the ' +
  'watermarks can be seen). Below low, kswapd wakes and reclaims; below min, only urgent ' +
  'callers get pages and others must reclaim themselves. Below, a lane a variant: who was at ' +
  'work, and how long kmemleak lived.';

/** A plot a machine: the marks of one say nothing of another. */
function courseFigures(courses: readonly NamedCourse[]): Figure[] {
  const machines = new Map<string, NamedCourse[]>();
  for (const course of courses) {
    const marks = marksText(course.marks);
    machines.set(marks, [...(machines.get(marks) ?? []), course]);
  }
  if (machines.size === 1) return [courseFigure(courses)];
  return [...machines].map(([marks, own]) => ({
    ...courseFigure(own),
    heading: `Free pages over time, where the marks are ${marks}`,
  }));
}

function courseFigure(courses: readonly NamedCourse[]): Figure {
  const rows = courses.map((course) => {
    const { variant, deathNs } = course;
    const columns = fineColumns(course);
    const busy = columns.filter(({ kswapd }) => kswapd > 0).length;
    const total = (who: 'direct' | 'kills') => columns.reduce((sum, one) => sum + one[who], 0);
    return [
      variant,
      formatPlain(Math.min(...columns.map(({ free }) => free))),
      `${formatPlain(Math.round((100 * busy) / Math.max(columns.length, 1)))} %`,
      formatPlain(total('direct')),
      formatPlain(total('kills')),
      deathNs === null ? 'lives' : `dies at ${formatValue(deathNs, 'ns')}`,
    ];
  });
  const says = rows.map(([variant, , , , , life]) => `${variant}: kmemleak ${life}`).join('; ');
  const heading = ['variant', 'least free', 'kswapd awake', 'direct reclaims', 'OOM kills', ''];
  return {
    id: 'free-pages',
    heading: 'Free pages over time',
    reads: COURSE_READS,
    svg: written('free pages against the watermarks', says, coursePlot(courses)),
    table: { heading, rows },
  };
}

const STALL_READS =
  'How long those waited who had to: half of the blocked requests no longer than the full dot, ' +
  '99 % no longer than the square, none longer than the ring; means over the runs. Each line of ' +
  'the scale is ten times the one before. Metadata is what kmemleak asks for itself.';

function stallFigure(rows: readonly ReportRow[]): Figure | Absent {
  const heading = 'How long callers stalled';
  const stalls = rows.map(({ variant, ...row }): StallRow => {
    const of = (kind: string) => quantilesOf({ variant, ...row }, kind);
    return { variant, callers: of('stall_ns'), metadata: of('metadata_stall_ns') };
  });
  const stalled = stalls.filter(({ callers, metadata }) => (callers ?? metadata) !== null);
  if (stalled.length === 0)
    return { heading, because: 'Nobody had to wait for memory in any run.' };
  const cell = (one: StallQuantiles | null) =>
    one === null ? ['-', '-', '-'] : [one.p50, one.p99, one.max].map((ns) => formatValue(ns, 'ns'));
  const body = stalls.map(({ variant, callers, metadata }) => {
    return [variant, ...cell(callers), ...cell(metadata)];
  });
  const says = body
    .map(([variant, , , max, , , own]) => `${variant}: longest ${max}, for metadata ${own}`)
    .join('; ');
  const names = ['median', '99 %', 'longest'];
  return {
    id: 'stalls',
    heading,
    reads: STALL_READS,
    svg: written('stalls of callers and for metadata', says, stallPlot(stalled)),
    table: {
      heading: ['variant', ...names, ...names.map((name) => `metadata ${name}`)],
      rows: body,
    },
  };
}

function quantilesOf(row: ReportRow, kind: string): StallQuantiles | null {
  const [p50, p99, max] = ['p50', 'p99', 'max'].map((name) => meanOf(row, `${kind}_${name}`));
  if (p50 === null || p99 === null || max === null) return null;
  if (p50 === undefined || p99 === undefined || max === undefined || max === 0) return null;
  return { p50, p99, max };
}

const DEPTH_READS =
  'How far free memory fell below the min watermark, as a share of it. Only urgent callers may ' +
  'go there; at 100 % nothing is left, not even for those who free memory.';

function depthFigure(rows: readonly ReportRow[]): Figure | Absent {
  const heading = 'How deep into the reserves';
  const depths = rows.flatMap((row) => {
    const depth = meanOf(row, 'reserve_depth');
    return depth === null ? [] : [{ variant: row.variant, depth }];
  });
  if (depths.every(({ depth }) => depth === 0)) {
    return { heading, because: 'Free memory never fell below the min watermark in any run.' };
  }
  const percent = (share: number) => `${formatPlain(Math.round(share * 1000) / 10)} %`;
  const bars = depths.map(({ variant, depth }) => {
    return { variant, parts: [depth], text: percent(depth) };
  });
  const plot = barPlot({ bars, parts: ['below min'], end: 1, tick: percent });
  return {
    id: 'reserve-depth',
    heading,
    reads: DEPTH_READS,
    svg: written('deepest dip below the min watermark', saysOf(bars), plot),
    table: { heading: ['variant', 'below min'], rows: bars.map((bar) => [bar.variant, bar.text]) },
  };
}

const FAULT_READS =
  'Injected faults of a run, by whom they hit. A tester wants them to reach the callers; what ' +
  'hits kmemleak\u2019s metadata tests nothing and may switch kmemleak off.';

function faultFigure(rows: readonly ReportRow[]): Figure | Absent {
  const heading = 'Where the injected faults landed';
  const faults = rows.flatMap((row) => {
    const [host, metadata] = ['injected_host', 'injected_metadata'].map((name) =>
      meanOf(row, name),
    );
    if (host === null || metadata === null || host === undefined || metadata === undefined)
      return [];
    return [{ variant: row.variant, host, metadata }];
  });
  if (faults.every(({ host, metadata }) => host + metadata === 0)) {
    return { heading, because: 'No fault was injected in any run.' };
  }
  const count = (value: number) => formatValue(value, 'count');
  const bars = faults.map(({ variant, host, metadata }) => {
    const text = `${count(host)} + ${count(metadata)}`;
    return { variant, parts: [host, metadata], text };
  });
  const plot = barPlot({ bars, parts: ['callers', 'metadata'], tick: count });
  return {
    id: 'faults',
    heading,
    reads: FAULT_READS,
    svg: written('injected faults that hit callers and metadata', saysOf(bars), plot),
    table: {
      heading: ['variant', 'callers', 'metadata'],
      rows: faults.map(({ variant, host, metadata }) => [variant, count(host), count(metadata)]),
    },
  };
}

function meanOf(row: ReportRow, metric: string): number | null {
  const summary = resultIn(row, metric)?.summary;
  return summary?.kind === 'mean' ? summary.estimate.value : null;
}

function saysOf(bars: readonly { readonly variant: string; readonly text: string }[]): string {
  return bars.map(({ variant, text }) => `${variant}: ${text}`).join('; ');
}

function written(title: string, description: string, { size, children }: Drawing): string {
  return drawing(size, { title, description }, children);
}
