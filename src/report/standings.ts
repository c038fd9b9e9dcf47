import type { Comparison } from '../experiment/compare-types.ts';
import type { Report, ReportRow } from './report.ts';

/** How often kmemleak was alive at the end of one load's runs. */
export interface Alive {
  readonly hits: number;
  readonly runs: number;
  /** Runs stood still: nothing was kept alive, whatever the flag says. */
  readonly stuck: boolean;
  /** Median request at which it died, in loads that say so; null where half of the runs lived. */
  readonly died: number | null;
}

/** One variant over all loads of a page. */
export interface Standing {
  readonly variant: string;
  readonly bound: boolean;
  /** In the loads' order. */
  readonly loads: readonly Alive[];
  /** Loads in every run of which it kept kmemleak alive. */
  readonly full: number;
  /** Mean over the loads of the share of runs. */
  readonly share: number;
}

/**
 * Proposals before bounds, and who kept kmemleak alive in most loads first. Who was not tried in
 * every load cannot be held against the others, and is left out.
 */
export function standingsOf(reports: readonly Report[]): Standing[] {
  const names = reports[0]?.rows.map(({ variant }) => variant) ?? [];
  const all = names.map((variant) => standingOf(variant, reports));
  const known = all.filter((one) => one !== null);
  return known.sort(
    (a, b) =>
      Number(a.bound) - Number(b.bound) ||
      b.full - a.full ||
      b.share - a.share ||
      names.indexOf(a.variant) - names.indexOf(b.variant),
  );
}

export function isFull({ hits, runs, stuck }: Alive): boolean {
  return hits === runs && !stuck;
}

/** Those that no other proposal is before; none where nobody kept it alive anywhere. */
export function winnersOf(standings: readonly Standing[]): Standing[] {
  const proposals = standings.filter(({ bound }) => !bound);
  const [best] = proposals;
  if (best === undefined || best.share === 0) return [];
  return proposals.filter(({ full, share }) => full === best.full && share === best.share);
}

export function resultIn(row: ReportRow, metric: string): Comparison | undefined {
  return row.results.find((result) => result.metric === metric);
}

function standingOf(variant: string, reports: readonly Report[]): Standing | null {
  const loads: Alive[] = [];
  const rows = reports.map((report) => report.rows.find((row) => row.variant === variant));
  for (const row of rows) {
    const alive = row === undefined ? null : aliveIn(row);
    if (alive === null) return null;
    loads.push(alive);
  }
  const shares = loads.map(({ hits, runs, stuck }) => (stuck ? 0 : hits / runs));
  return {
    variant,
    bound: rows.some((row) => row?.bound === true),
    loads,
    full: loads.filter(isFull).length,
    share: shares.reduce((sum, one) => sum + one, 0) / loads.length,
  };
}

function aliveIn(row: ReportRow): Alive | null {
  const summary = resultIn(row, 'kmemleak_alive')?.summary;
  if (summary?.kind !== 'proportion') return null;
  const death = resultIn(row, 'kmemleak_death_alloc')?.summary;
  const died = death?.kind === 'survival' ? (death.median?.value ?? null) : null;
  return { hits: summary.hits, runs: row.runs, stuck: 'livelock' in row.ends, died };
}
