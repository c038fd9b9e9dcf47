import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { importTrace, traceSummary } from '../../scenario/import/kmem-trace.ts';
import type { ProcfsSnapshot } from '../../scenario/import/procfs-snapshot.ts';
import { parseSlabinfo } from '../../scenario/import/slabinfo.ts';
import { likelyKernel } from '../../scenario/import/snapshot-facts.ts';
import { readKernelLog, readSnapshot } from '../../scenario/load-snapshot.ts';
import { machinePart } from '../../scenario/machine-part.ts';
import { type PartMap, partText, type ScenarioPart } from '../../scenario/part-text.ts';
import { slabKernel, slabPart } from '../../scenario/slab-part.ts';
import { type TraceRow, traceText } from '../../workload/trace-text.ts';
import { NodeFiles, statOf } from '../files/node-files.ts';
import { loadKernels } from '../load-catalogs.ts';

/** What `import` writes as JSON. */
export interface ImportReport {
  readonly schemaVersion: 1;
  readonly kind: string;
  readonly source: string;
  /** What was taken, assumed and left out, in sentences. */
  readonly notes: readonly string[];
  /** Of a scenario, all but a trace. */
  readonly part?: PartMap;
  readonly events?: readonly TraceRow[];
}

export interface Imported {
  readonly report: ImportReport;
  text(): string;
}

/** The kinds of file, and what is made of each. */
export const IMPORT_KINDS: Readonly<Record<string, (from: ImportSource) => Promise<Imported>>> = {
  dmesg: importDmesg,
  ftrace: importFtrace,
  slabinfo: importSlabinfo,
  zoneinfo: importDump,
};

export interface ImportSource {
  readonly file: string;
  /** Profile that was asked for. */
  readonly kernel: string | undefined;
  /** CPUs online, for a log that does not tell them. */
  readonly cpus: number | undefined;
}

async function importDump({ file, kernel }: ImportSource): Promise<Imported> {
  const expected = 'a copy of /proc/zoneinfo, or a directory with copies of /proc files';
  if (statOf(file) === undefined) throw noFile(file, expected);
  if (statOf(file)?.isDirectory() === true && statOf(join(file, 'zoneinfo')) === undefined) {
    throw new UserError('no zoneinfo in this folder', { at: { file }, expected });
  }
  const snapshot = readSnapshot(file, { file: '--procfs' }, new NodeFiles())!;
  return ofMachine('zoneinfo', snapshot, kernel);
}

async function importDmesg({ file, kernel, cpus }: ImportSource): Promise<Imported> {
  if (statOf(file)?.isDirectory() !== false) throw noFile(file, 'a copy of a kernel log');
  const snapshot = readKernelLog(file, new NodeFiles());
  return ofMachine('dmesg', { ...snapshot, cpus: cpus ?? snapshot.cpus }, kernel);
}

async function ofMachine(
  kind: string,
  snapshot: ProcfsSnapshot,
  kernel: string | undefined,
): Promise<Imported> {
  const profile = await profileOf(kernel ?? likelyKernel(snapshot));
  const part = machinePart(snapshot, { profile, isAsked: kernel !== undefined });
  return ofPart(kind, snapshot.source, part);
}

async function importSlabinfo({ file, kernel }: ImportSource): Promise<Imported> {
  const caches = parseSlabinfo(textOf(file, 'a copy of /proc/slabinfo'), file);
  const profile = await profileOf(kernel ?? slabKernel(caches));
  const source = { caches, file, kernel: profile, isKernelAsked: kernel !== undefined };
  return ofPart('slabinfo', file, slabPart(source));
}

async function importFtrace({ file, kernel }: ImportSource): Promise<Imported> {
  const profile = kernel === undefined ? undefined : (await profileOf(kernel)).name;
  const trace = importTrace(textOf(file, 'a text of trace events'), file, profile);
  const notes = [traceSummary(trace), ...trace.notes];
  return {
    report: { schemaVersion: 1, kind: 'ftrace', source: file, notes, events: trace.rows },
    text: () => traceText(trace.rows),
  };
}

function ofPart(kind: string, source: string, part: ScenarioPart): Imported {
  const { notes } = part;
  return {
    report: { schemaVersion: 1, kind, source, notes, part: part.part },
    text: () => partText(part),
  };
}

async function profileOf(name: string): Promise<KernelProfile> {
  return (await loadKernels()).get(name);
}

function textOf(file: string, expected: string): string {
  const text = new NodeFiles().read(file);
  if (text === undefined) throw noFile(file, expected);
  return text;
}

function noFile(file: string, expected: string): UserError {
  return new UserError('no such file', { at: { file }, expected });
}
