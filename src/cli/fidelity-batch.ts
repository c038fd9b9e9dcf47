import type { FidelityGroup } from '../fidelity/fidelity-group.ts';
import { type FidelityReport, reportGroup } from '../fidelity/fidelity-report.ts';
import type { Laboratory } from '../fidelity/laboratory.ts';
import type { Terminal } from './terminal.ts';

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
      const seconds = Math.round((nowMs - startMs) / 1000);
      const where = `group ${i + 1} of ${groups.length}`;
      terminal.progress(`simulating ${group.name}: ${done}/${of}, ${where}, ${seconds} s`);
    }),
  );
  return { schemaVersion: 1, groups: reports };
}
