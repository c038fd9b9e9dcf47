import type { Comparison, Summary } from '../experiment/compare-types.ts';
import { shortValue } from './cells.ts';
import { billOf } from './headline.ts';
import { formatValue } from './numbers.ts';
import type { Report, ReportRow } from './report.ts';
import { resultIn, type Standing, standingsOf, winnersOf } from './standings.ts';

// The head of a page, for somebody who has ten seconds:
//
//   who won, by how much        one sentence with its numbers
//   why                         what it does, and what became of the others
//   at what price               what it is worse in than the baseline

export interface Verdict {
  readonly winner: string;
  readonly why: readonly string[];
}

/** Null where no run says whether kmemleak lived. */
export function verdictOf(reports: readonly Report[]): Verdict | null {
  if (reports[0]?.source?.rows === 'results') return sidesVerdict(reports);
  const standings = standingsOf(reports);
  const proposals = standings.filter(({ bound }) => !bound);
  if (proposals.length === 0) return null;
  const winners = winnersOf(standings);
  return {
    winner: winnerText(winners, proposals, reports),
    why: [
      ...whyText(winners, reports),
      ...fateText(winners, reports),
      ...priceText(winners, reports),
    ],
  };
}

/** Results beside each other: what moved from the first to the others. */
function sidesVerdict(reports: readonly Report[]): Verdict {
  const same = reports.filter(({ rows }) => rows.every(({ results }) => results.every(isSame)));
  const labels = reports[0]!.rows.slice(1).map(({ variant }) => variant);
  const loads = reports.length === 1 ? '1 load' : `${reports.length} loads`;
  const winner =
    same.length === reports.length
      ? `Nothing differs: ${loads}, the same in every run.`
      : `${reports.length - same.length} of ${loads} differ from ${reports[0]!.baseline}.`;
  return { winner, why: labels.flatMap((label) => movesText(label, reports)) };
}

function isSame({ identical, verdict }: Comparison): boolean {
  return identical || verdict === 'baseline' || verdict === 'no data';
}

/** `b is better in …; worse in …`, by the metrics that are shown. */
function movesText(label: string, reports: readonly Report[]): string[] {
  const moves = { better: new Map<string, string[]>(), worse: new Map<string, string[]>() };
  for (const report of reports) {
    const row = report.rows.find(({ variant }) => variant === label);
    for (const { metric, verdict } of row?.results ?? []) {
      const isShown = report.metrics.some(({ name, key }) => key && name === metric);
      if (!isShown || (verdict !== 'better' && verdict !== 'worse')) continue;
      moves[verdict].set(metric, [...(moves[verdict].get(metric) ?? []), report.name]);
    }
  }
  const texts = (['better', 'worse'] as const).flatMap((verdict) => {
    const all = [...moves[verdict]].map(([metric, names]) => `${metric} (${names.join(', ')})`);
    return all.length === 0 ? [] : [`${label} is ${verdict} in ${all.join(', ')}.`];
  });
  return texts.length > 0 ? texts : [`${label}: nothing is clearly better or worse.`];
}

function winnerText(
  winners: readonly Standing[],
  proposals: readonly Standing[],
  reports: readonly Report[],
): string {
  const loads = reports.length;
  const [best] = winners;
  if (best === undefined)
    return `None of ${countText(proposals.length)} ever keeps kmemleak alive.`;
  const others = proposals.filter((one) => !winners.includes(one));
  const names =
    others.length === 0 && winners.length > 1
      ? `All ${countText(winners.length)}`
      : namesOf(winners);
  const score = scoreText(best, loads);
  const first = `${dividedText(winners, reports, score) ?? keepText(names, winners, score)}.`;
  const [next] = others;
  if (next === undefined) return first;
  const equals = others.filter(({ full, share }) => full === next.full && share === next.share);
  const areAll = others.length === equals.length && equals.length > 1;
  if (next.share === 0) {
    const lose = areAll ? `The other ${equals.length} lose` : `${namesOf(equals)} loses`;
    if (areAll || others.length === 1) return `${first} ${lose} it in every run.`;
  }
  const which = areAll ? 'the others' : namesOf(equals);
  return `${first} Next: ${which}, in ${scoreText(next, loads)}.`;
}

function keepText(names: string, winners: readonly Standing[], score: string): string {
  return `${names} ${winners.length === 1 ? 'keeps' : 'keep'} kmemleak alive in ${score}`;
}

/** Where some pay for it and others do not; else null. */
function dividedText(
  winners: readonly Standing[],
  reports: readonly Report[],
  score: string,
): string | null {
  const isFree = ({ variant }: Standing) => billText(variant, reports) === '';
  const [free, paying] = [winners.filter(isFree), winners.filter((one) => !isFree(one))];
  if (free.length === 0 || paying.length === 0) return null;
  const keep = keepText(namesOf(free), free, score);
  return `${keep} at no cost seen; ${namesOf(paying)} too, at a price`;
}

function namesOf(standings: readonly Standing[]): string {
  return namesText(standings.map(({ variant }) => variant));
}

/** `all 4 loads`, `2 of 4 loads`, `3 of 20 runs`. */
function scoreText({ loads, full }: Standing, count: number): string {
  const runs = loads.reduce((sum, one) => sum + one.runs, 0);
  const hits = loads.reduce((sum, one) => sum + (one.stuck ? 0 : one.hits), 0);
  const inRuns = `${hits === runs ? 'all' : `${hits} of`} ${runs} ${runs === 1 ? 'run' : 'runs'}`;
  if (count === 1) return runs === 1 && hits === 1 ? 'the only run' : inRuns;
  return full === count
    ? `all ${count} loads (${inRuns})`
    : `${full} of ${count} loads (${inRuns})`;
}

/** What the winner does, in its own summary, and what the runs show of it. */
function whyText(winners: readonly Standing[], reports: readonly Report[]): string[] {
  return winners.slice(0, 3).flatMap(({ variant }) => {
    const summary = reports.flatMap(({ source }) => source?.summaries[variant] ?? [])[0];
    const seen = evidenceText(variant, reports);
    if (summary === undefined && seen === '') return [];
    const does = summary === undefined ? '' : `: ${summary}`;
    return [`Why: ${variant}${does}${seen === '' ? '' : `; ${seen}`}.`];
  });
}

/** What its runs have that the baseline's lack. */
function evidenceText(variant: string, reports: readonly Report[]): string {
  const own = reports.flatMap((report) => {
    const row = report.rows.find((one) => one.variant === variant);
    return row === undefined ? [] : [{ row, report }];
  });
  const levels = (metric: string) => own.map(({ row }) => levelOf(row, metric));
  const served = levels('metadata_pool');
  if (served.some((count) => count !== null && count > 0)) {
    const times = served.map((count, i) => placed(shown(count ?? 0), own[i]!.report, reports));
    return `its reserve steps in ${times.join(', ')} times a run`;
  }
  const isHit = own.some(({ report }) => (levelOf(report.rows[0]!, 'injected_metadata') ?? 0) > 0);
  if (isHit && levels('injected_metadata').every((count) => count === 0)) {
    return 'no injected fault hits its metadata';
  }
  const isObeyed = levels('metadata_failures').every((count) => count === 0);
  return isObeyed && own.length > 0 ? 'none of its requests is refused' : '';
}

/** `3.5 (pool)`, where there are several loads. */
function placed(text: string, { name }: Report, reports: readonly Report[]): string {
  return reports.length > 1 ? `${text} (${name})` : text;
}

/** When the others lose it, a load each. */
function fateText(winners: readonly Standing[], reports: readonly Report[]): string[] {
  const names = winners.map(({ variant }) => variant);
  const fates = reports.flatMap((report) => {
    const deaths = report.rows
      .filter(({ variant, bound }) => !bound && !names.includes(variant))
      .flatMap((row) => medianOf(resultIn(row, 'kmemleak_death_alloc')?.summary));
    if (deaths.length === 0) return [];
    const [low, high] = [Math.min(...deaths), Math.max(...deaths)];
    const when = low === high ? shown(low) : `${shown(low)} to ${shown(high)}`;
    return [placed(when, report, reports)];
  });
  if (fates.length === 0) return [];
  const who = winners.length === 0 ? 'They lose' : 'Others lose';
  const one = 'to the first refused request for metadata: at request';
  return [`${who} it ${one} ${fates.join(', ')}; medians.`];
}

function medianOf(summary: Summary | null | undefined): number[] {
  return summary?.kind === 'survival' && summary.median !== null ? [summary.median.value] : [];
}

/** What the winners do worse than the baseline; those with one price share a sentence. */
function priceText(winners: readonly Standing[], reports: readonly Report[]): string[] {
  const baseline = reports[0]?.baseline;
  const bills = new Map<string, string[]>();
  for (const { variant } of winners) {
    if (variant === baseline) continue;
    const bill = billText(variant, reports);
    bills.set(bill, [...(bills.get(bill) ?? []), variant]);
  }
  return [...bills].map(([bill, names]) => {
    const whose = winners.length === 1 ? 'Its price' : `The price of ${namesText(names)}`;
    return bill === '' ? `${whose}: none seen.` : `${whose}, against ${baseline}: ${bill}.`;
  });
}

/** With the numbers before and after, metric by metric; empty: nothing is worse. */
function billText(variant: string, reports: readonly Report[]): string {
  const prices = new Map<string, string[]>();
  for (const report of reports) {
    const row = report.rows.find((one) => one.variant === variant);
    if (row === undefined) continue;
    for (const metric of billOf(row)) {
      const { unit, summary } = report.metrics.find(({ name }) => name === metric)!;
      const [before, after] = [report.rows[0]!, row].map((one) => {
        return shortValue(resultIn(one, metric)?.summary ?? null, unit);
      });
      const change = placed(`${before} to ${after}`, report, reports);
      const key = `${summary} (${metric})`;
      prices.set(key, [...(prices.get(key) ?? []), change]);
    }
  }
  return [...prices].map(([what, changes]) => `${what}: ${changes.join(', ')}`).join('; ');
}

/** A mean; null where no run has a value. */
function levelOf(row: ReportRow, metric: string): number | null {
  const summary = resultIn(row, metric)?.summary;
  return summary?.kind === 'mean' ? summary.estimate.value : null;
}

function shown(value: number): string {
  return formatValue(value, 'count');
}

function countText(count: number): string {
  return count === 1 ? '1 proposal' : `${count} proposals`;
}

function namesText(names: readonly string[]): string {
  const last = names.at(-1)!;
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
