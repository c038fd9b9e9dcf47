import type { FidelityGroup } from '../../fidelity/fidelity-group.ts';
import { type FidelityReport, reportGroup } from '../../fidelity/fidelity-report.ts';
import type { Laboratory } from '../../fidelity/laboratory.ts';
import type { Terminal } from '../terminal/terminal.ts';

const TICK_MS = 100;

/** Group after group, with a line on a terminal that says where it is. */
export function simulate(
  groups: readonly FidelityGroup[],
  laboratory: Laboratory,
  terminal: Terminal,
): FidelityReport {
  const startMs = Date.now();
  let shownMs = 0;
  const reports = groups.map((group, i) =>
    reportGroup(group, laboratory, (done, of) => {
      const nowMs = Date.now();
      if (nowMs - shownMs < TICK_MS) return;
      shownMs = nowMs;
      const place = { group: group.name, number: i + 1, groups: groups.length, done, of };
      terminal.progress(placeLine(place, nowMs - startMs));
    }),
  );
  return { schemaVersion: 1, groups: reports };
}

interface Place {
  readonly group: string;
  readonly number: number;
  readonly groups: number;
  readonly done: number;
  readonly of: number;
}

/** `drain: 12/49 settings, group 3 of 10, 41 s`. */
export function placeLine({ group, number, groups, done, of }: Place, elapsedMs: number): string {
  const where = groups === 1 ? '' : `, group ${number} of ${groups}`;
  return `${group}: ${done}/${of} settings${where}, ${Math.round(elapsedMs / 1000)} s`;
}
