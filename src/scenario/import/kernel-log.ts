import { UserError } from '../../base/user-error.ts';
import { type MemoryReport, parseMemoryReports } from './memory-report.ts';
import type { ProcfsSnapshot } from './procfs-snapshot.ts';

/**
 * A snapshot of what the first complete memory report of a kernel log tells: later reports are
 * often what follows from the first.
 */
export function importKernelLog(text: string, file: string): ProcfsSnapshot {
  const { complete, fault } = parseMemoryReports(text, file);
  const [report] = complete;
  if (report === undefined) {
    throw (
      fault ??
      new UserError('no memory report', {
        at: { file, line: 1, column: 1 },
        expected: "a kernel log with zones after 'Mem-Info:'",
      })
    );
  }
  const { zones, blocks, release } = report;
  const cpus = new Set(zones.flatMap((zone) => zone.pagesets.map((pageset) => pageset.cpu)));
  return {
    source: file,
    zones,
    nodes: [...new Set(zones.map((zone) => zone.node))].sort((a, b) => a - b),
    cpus: Math.max(1, cpus.size),
    sysctls: {},
    ...(blocks.length === 0 ? {} : { buddy: blocks }),
    ...(release === undefined ? {} : { release }),
    notes: logNotes(report, complete.length),
  };
}

function logNotes(report: MemoryReport, count: number): string[] {
  const { zones, line, release } = report;
  const from = release === undefined ? '' : ` of Linux ${release}`;
  const notes = [`Report 1 of ${count}${from}, line ${line}. Reports tell no spanned pages.`];
  if (zones.every((zone) => zone.pagesets.length === 0)) {
    notes.push('Nor do they tell CPUs and per-CPU limits: 1 CPU is assumed unless --cpus says.');
  }
  if (zones.some((zone) => zone.managed === undefined)) {
    notes.push('Before Linux 3.10 present pages stand for managed ones.');
  }
  return notes;
}
