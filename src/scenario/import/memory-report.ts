import { UserError } from '../../base/user-error.ts';
import { type DumpLine, DumpText, quoted } from './dump-text.ts';
import { BlockLines, pageKbytes, type ReportBlocks } from './report-blocks.ts';
import { refuseImpossible, refuseImpossibleZones } from './zone-plausibility.ts';
import type { ZoneinfoPageset, ZoneinfoZone } from './zoneinfo-zone.ts';

/** One Mem-Info block of a kernel log: what a failed allocation or an OOM kill printed. */
export interface MemoryReport {
  /** Line of its first zone, from 1. */
  readonly line: number;
  /** A report knows no spanned pages: the larger of present and free stands for them. */
  readonly zones: readonly ZoneinfoZone[];
  /** Free blocks of the zones whose line of them is whole. */
  readonly blocks: readonly ReportBlocks[];
  /** Release of the kernel that printed it, as far as the log says. */
  readonly release?: string;
}

/** All complete reports of a log, and the first mistake in one that is not. */
export interface MemoryReports {
  readonly complete: readonly MemoryReport[];
  readonly fault?: UserError;
}

const HEADING = /\bMem-[Ii]nfo:/;
const ZONE = /(?:\bNode (\d+) )?\b([A-Z]\w*) free:(\d+)kB\b/;
const FIELD = /\b(free|boost|min|low|high|present|managed):(\d+)[kK]B\b/g;
const RESERVE = /\blowmem_reserve\[\]:/;
const LISTS = /(?:\bNode (\d+) )?\b([A-Z]\w*) per-cpu:/;
const LIST =
  /\bCPU\s+(\d+):(?: Hot:)? hi:\s*(\d+), btch:\s*(\d+) usd:\s*(\d+)(?:\s+Cold:.* usd:\s*(\d+))?/;
const RELEASE = /(?:\bLinux version |\b[Tt]ainted:?\s[^\d]*?)(\d+\.\d+[\w.+-]*)/;

/** Mail may wrap a line ahead of the release. */
const TAINT_ONLY = /\b[Tt]ainted[^\d]*$/;
const RELEASE_ONLY = /^[\s>]*(\d+\.\d+[\w.+-]*)\s+#/;

const REQUIRED = ['free', 'min', 'low', 'high', 'present'] as const;
const PAGE_KBYTES = 4;

/** A zone line wraps in mail to no more lines than this. */
const MAX_WRAPPED = 30;

/**
 * Reads the memory reports of a kernel log, 2.6.2x to 6.x. Lines are known by their words
 * wherever they stand, so that no prefix matters (time, level, CPU, quotation marks); a zone
 * goes on until its lowmem_reserve line, since mail wraps it.
 */
export function parseMemoryReports(text: string, file: string): MemoryReports {
  const dump = new DumpText(text, file, 'a kernel log');
  const reader = new ReportReader(dump);
  for (const line of dump.lines()) reader.read(line);
  return reader.finish();
}

class ReportReader {
  readonly #dump: DumpText;
  readonly #complete: MemoryReport[] = [];
  #fault: UserError | undefined;
  #release: string | undefined;
  #taint = false;
  #report: OpenReport | undefined;

  constructor(dump: DumpText) {
    this.#dump = dump;
  }

  read(line: DumpLine): void {
    this.#readRelease(line.text);
    if (HEADING.test(line.text)) this.#close();
    const zone = ZONE.exec(line.text);
    const id = zone === null ? undefined : { node: Number(zone[1] ?? 0), name: zone[2]! };
    if (id !== undefined && this.#report?.has(id) === true) this.#close();
    if (this.#report === undefined) {
      if (id === undefined && !HEADING.test(line.text) && !LISTS.test(line.text)) return;
      this.#report = new OpenReport(this.#dump, this.#release);
    }
    this.#report.read(line, id === undefined ? undefined : { ...id, offset: zone!.index });
  }

  #readRelease(text: string): void {
    const release = RELEASE.exec(text) ?? (this.#taint ? RELEASE_ONLY.exec(text) : null);
    if (release !== null) this.#release = release[1];
    this.#taint = TAINT_ONLY.test(text);
  }

  finish(): MemoryReports {
    this.#close();
    const complete = this.#complete;
    return this.#fault === undefined ? { complete } : { complete, fault: this.#fault };
  }

  #close(): void {
    const report = this.#report;
    this.#report = undefined;
    if (report === undefined || report.isEmpty) return;
    try {
      this.#complete.push(report.finish());
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#fault ??= error;
    }
  }
}

interface OpenZone {
  readonly node: number;
  readonly name: string;
  readonly heading: DumpLine;
  /** Kilobytes, and where they stand. */
  readonly fields: Map<string, { kbytes: number; line: DumpLine; column: number }>;
  /** Where its numbers stand. */
  reserve?: { readonly line: DumpLine; readonly offset: number };
}

/** One report while it is read. */
class OpenReport {
  readonly #dump: DumpText;
  readonly #release: string | undefined;
  readonly #zones: OpenZone[] = [];
  readonly #lists = new Map<string, ZoneinfoPageset[]>();
  #open: OpenZone | undefined;
  #openLists: ZoneinfoPageset[] | undefined;
  readonly #blocks = new BlockLines();
  #pageKbytes = PAGE_KBYTES;

  constructor(dump: DumpText, release: string | undefined) {
    this.#dump = dump;
    this.#release = release;
  }

  get isEmpty(): boolean {
    return this.#zones.length === 0;
  }

  has(id: { readonly node: number; readonly name: string }): boolean {
    return this.#zones.some((zone) => zone.node === id.node && zone.name === id.name);
  }

  read(line: DumpLine, zone?: { node: number; name: string; offset: number }): void {
    if (zone !== undefined) {
      this.#open = { node: zone.node, name: zone.name, heading: line, fields: new Map() };
      this.#zones.push(this.#open);
    }
    this.#readFields(line, zone?.offset ?? 0);
    this.#readLists(line);
    this.#pageKbytes = pageKbytes(line.text) ?? this.#pageKbytes;
    this.#blocks.read(line.text);
  }

  #readFields(line: DumpLine, offset: number): void {
    const open = this.#open;
    if (open === undefined) return;
    const reserve = RESERVE.exec(line.text);
    if (reserve !== null) {
      open.reserve = { line, offset: reserve.index + reserve[0].length };
      this.#open = undefined;
    } else if (line.number - open.heading.number <= MAX_WRAPPED) {
      for (const match of line.text.slice(offset).matchAll(FIELD)) {
        if (open.fields.has(match[1]!)) continue;
        const column = offset + match.index + 1;
        open.fields.set(match[1]!, { kbytes: Number(match[2]), line, column });
      }
    }
  }

  #readLists(line: DumpLine): void {
    const lists = LISTS.exec(line.text);
    if (lists !== null) {
      this.#openLists = [];
      this.#lists.set(`${Number(lists[1] ?? 0)} ${lists[2]}`, this.#openLists);
    }
    const list = LIST.exec(line.text);
    if (list === null) return;
    const [cpu, high, batch, count, cold] = list.slice(1).map((word) => Number(word ?? 0));
    this.#openLists?.push({
      cpu: cpu!,
      high: high!,
      batch: batch!,
      count: count! + cold!,
    });
  }

  finish(): MemoryReport {
    if (this.#pageKbytes !== PAGE_KBYTES) {
      throw this.#dump.error(this.#zones[0]!.heading, 1, {
        found: `a report of ${this.#pageKbytes} kB pages`,
        expected: `pages of ${PAGE_KBYTES} kB`,
      });
    }
    const release = this.#release === undefined ? {} : { release: this.#release };
    const zones = this.#zones.map((zone) => this.#zone(zone));
    refuseImpossibleZones(zones, this.#dump);
    const blocks = this.#blocks.zones;
    return { line: this.#zones[0]!.heading.number, zones, blocks, ...release };
  }

  #zone(open: OpenZone): ZoneinfoZone {
    const missing = REQUIRED.find((name) => !open.fields.has(name));
    if (missing !== undefined || open.reserve === undefined) {
      throw this.#dump.error(open.heading, 1, {
        found: `zone ${quoted(open.name)} ends without '${missing ?? 'lowmem_reserve[]'}'`,
        expected: 'a complete report',
      });
    }
    const { reserve } = open;
    const pages = (name: string) => this.#pages(open, name);
    const [free, present] = [pages('free'), pages('present')];
    const zone = {
      node: open.node,
      zone: open.name,
      line: open.heading.number,
      free,
      min: pages('min'),
      low: pages('low'),
      high: pages('high'),
      spanned: Math.max(present, free),
      present,
      protection: this.#dump.counts(reserve.line, reserve.offset, 'a lowmem_reserve'),
      pagesets: this.#lists.get(`${open.node} ${open.name}`) ?? [],
      counters: {},
      nodeCounters: {},
      ...(open.fields.has('boost') ? { boost: pages('boost') } : {}),
      ...(open.fields.has('managed') ? { managed: pages('managed') } : {}),
    };
    refuseImpossible(zone, this.#dump, open.heading);
    return zone;
  }

  #pages(open: OpenZone, name: string): number {
    const { kbytes, line, column } = open.fields.get(name)!;
    if (kbytes % PAGE_KBYTES === 0 && kbytes < Number.MAX_SAFE_INTEGER) return kbytes / PAGE_KBYTES;
    throw this.#dump.error(line, column, {
      found: `${name} of ${quoted(open.name)} is ${kbytes} kB`,
      expected: `whole pages of ${PAGE_KBYTES} kB`,
    });
  }
}
