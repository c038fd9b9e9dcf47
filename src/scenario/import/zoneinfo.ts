import { type DumpLine, DumpText, quoted } from './dump-text.ts';
import { refuseImpossible, refuseImpossibleZones } from './zone-plausibility.ts';
import type { ZoneinfoPageset, ZoneinfoZone } from './zoneinfo-zone.ts';

const HEADING = /^\s*Node\s+(\d+),\s+zone\s+(\S+)\s*$/;
const NODE_STATS = /^\s*Node\s+\d+,\s+per-node stats\s*$/;
const PROTECTION = /^(\s*protection:\s*\()([\d\s,]*\d[\s,]*)\)\s*$/;
const NUMBER = /^(\s*([A-Za-z_][\w .]*?)\s*:?\s+)(\S+)((\s+pcp:\s+\d+)|(\s+\(.*\)))?\s*$/;
const NAMELESS = /^\s+\d+\s*$/;
const REQUIRED = ['free', 'min', 'low', 'high', 'spanned', 'present'] as const;
const FIELDS = new Set([...REQUIRED, 'boost', 'promo', 'managed', 'start_pfn']);
const EXPECTED = "a line of /proc/zoneinfo ('Node N, zone NAME', a name and a number, …)";

/**
 * Reads /proc/zoneinfo of 2.6 to 6.x. Lines are told apart by their words, never by a version:
 * distributors move fields between versions. Unknown counters are tolerated; a line that is no
 * counter, a field that is missing, twice there or impossible is refused at its place.
 */
export function parseZoneinfo(text: string, file: string): ZoneinfoZone[] {
  const dump = new DumpText(text, file);
  const zones: ZoneinfoZone[] = [];
  let block: ZoneBlock | undefined;
  let last: DumpLine = { text: '', number: 0 };
  let inNodeStats = false;
  for (const line of dump.lines()) {
    const heading = HEADING.exec(line.text);
    if (NODE_STATS.test(line.text)) {
      inNodeStats = true; // a node's numbers ahead of its first zone: nobody reads them here
    } else if (heading !== null) {
      inNodeStats = false;
      if (block !== undefined) zones.push(block.finish(last));
      block = new ZoneBlock(dump, line, { node: Number(heading[1]), zone: heading[2]! });
      refuseSecond(dump, line, block, zones);
    } else if (block === undefined && !inNodeStats) {
      throw dump.unexpected(line, "'Node 0, zone NAME', the first line of /proc/zoneinfo");
    } else if (!inNodeStats) {
      block?.read(line);
    }
    last = line;
  }
  if (block !== undefined) zones.push(block.finish(last));
  if (!zones.some((zone) => zone.present > 0)) {
    throw dump.unexpected(last, 'at least one zone with pages');
  }
  refuseImpossibleZones(zones, dump);
  return zones;
}

function refuseSecond(
  dump: DumpText,
  line: DumpLine,
  block: { readonly node: number; readonly zone: string },
  zones: readonly ZoneinfoZone[],
): void {
  if (zones.some((known) => known.node === block.node && known.zone === block.zone)) {
    throw dump.error(line, 1, {
      found: `zone ${quoted(block.zone)} of node ${block.node} appears twice`,
      expected: 'one snapshot',
    });
  }
}

/** The lines of one zone while they are read. `section` says what a name means there. */
class ZoneBlock {
  readonly node: number;
  readonly zone: string;
  readonly #dump: DumpText;
  readonly #heading: DumpLine;
  readonly #fields = new Map<string, number>();
  readonly #counters: Record<string, number> = {};
  readonly #nodeCounters: Record<string, number> = {};
  readonly #pagesets: Record<string, number>[] = [];
  #protection: number[] | undefined;
  #section: 'node' | 'zone' | 'pagesets' = 'zone';

  constructor(dump: DumpText, heading: DumpLine, id: { node: number; zone: string }) {
    this.node = id.node;
    this.zone = id.zone;
    this.#dump = dump;
    this.#heading = heading;
  }

  read(line: DumpLine): void {
    const words = line.text.trim();
    if (words === 'per-node stats') this.#section = 'node';
    else if (words === 'pagesets') this.#section = 'pagesets';
    else if (words.startsWith('protection:')) this.#readProtection(line);
    else if (!NAMELESS.test(line.text)) this.#readNumber(line);
  }

  #readProtection(line: DumpLine): void {
    const match = PROTECTION.exec(line.text);
    if (match === null) throw this.#dump.unexpected(line, "'protection: (N, N, …)'");
    const spaced = { ...line, text: line.text.slice(0, -1).replace(/[,)]/g, ' ') };
    this.#protection = this.#dump.counts(spaced, match[1]!.length, 'a protection');
  }

  #readNumber(line: DumpLine): void {
    const match = NUMBER.exec(line.text);
    if (match === null) throw this.#dump.unexpected(line, EXPECTED);
    const name = match[2]!;
    if (name === 'pages free') this.#section = 'zone';
    const field = name === 'pages free' ? 'free' : name;
    const known = this.#section !== 'node' && (FIELDS.has(field) || this.#section === 'pagesets');
    const value = known
      ? this.#dump.count(line, match[1]!.length, match[3]!, field)
      : this.#counter(line, match[1]!.length, match[3]!);
    if (this.#section === 'node') this.#nodeCounters[name] = value;
    else if (this.#section === 'pagesets' && this.#readPageset(name, value)) return;
    else if (!FIELDS.has(field)) this.#counters[name] = value;
    else if (this.#fields.has(field)) throw this.#dump.unexpected(line, `'${field}' once a zone`);
    else this.#fields.set(field, value);
  }

  /** A counter nobody here reads may exceed what a double holds, but must be a number. */
  #counter(line: DumpLine, offset: number, word: string): number {
    if (/^\d{16,20}$/.test(word)) return Number(word);
    return this.#dump.count(line, offset, word, 'a counter');
  }

  #readPageset(name: string, value: number): boolean {
    if (name === 'cpu') {
      this.#pagesets.push({ cpu: value });
      return true;
    }
    const pageset = this.#pagesets.at(-1);
    if (pageset === undefined || !/^(count|high|batch|high_min|high_max)$/.test(name)) return false;
    pageset[name] = value;
    return true;
  }

  /** The whole zone, once its last line is known: a file cut short is found here. */
  finish(last: DumpLine): ZoneinfoZone {
    const missing = this.#missing();
    if (missing !== undefined) {
      throw this.#dump.error(last, last.text.length + 1, {
        found: `zone ${quoted(this.zone)} of node ${this.node} ends without '${missing}'`,
        expected: 'a complete /proc/zoneinfo',
      });
    }
    const optional = (name: string) => this.#fields.get(name);
    const field = (name: string) => this.#fields.get(name) ?? 0;
    const zone = {
      node: this.node,
      zone: this.zone,
      line: this.#heading.number,
      free: field('free'),
      min: field('min'),
      low: field('low'),
      high: field('high'),
      spanned: field('spanned'),
      present: field('present'),
      protection: this.#protection ?? [],
      pagesets: onePerCpu(this.#pagesets),
      counters: this.#counters,
      nodeCounters: this.#nodeCounters,
      ...defined({
        boost: optional('boost'),
        promo: optional('promo'),
        managed: optional('managed'),
        startPfn: optional('start_pfn'),
      }),
    };
    refuseImpossible(zone, this.#dump, this.#heading);
    return zone;
  }

  #missing(): string | undefined {
    const field = REQUIRED.find((name) => !this.#fields.has(name));
    if (field !== undefined) return field;
    if (this.#protection === undefined) return 'protection';
    if (this.#fields.get('present') === 0) return undefined;
    if (!this.#fields.has('start_pfn')) return 'start_pfn';
    return this.#pagesets.length === 0 ? 'pagesets' : undefined;
  }
}

/** Before 2.6.3x a CPU had a hot and a cold list: their pages count together. */
function onePerCpu(lists: readonly Record<string, number>[]): ZoneinfoPageset[] {
  const byCpu = new Map<number, ZoneinfoPageset>();
  for (const list of lists) {
    const cpu = list['cpu'] ?? 0;
    const former = byCpu.get(cpu);
    const limits = former ?? { high: list['high'] ?? 0, batch: list['batch'] ?? 0 };
    const count = (former?.count ?? 0) + (list['count'] ?? 0);
    const tuned = defined({ highMin: list['high_min'], highMax: list['high_max'] });
    byCpu.set(cpu, { ...limits, ...tuned, cpu, count });
  }
  return [...byCpu.values()];
}

/** The same record without its undefined entries. */
function defined<K extends string>(
  record: Record<K, number | undefined>,
): Partial<Record<K, number>> {
  const result: Partial<Record<K, number>> = {};
  for (const key of Object.keys(record) as K[]) {
    const value = record[key];
    if (value !== undefined) result[key] = value;
  }
  return result;
}
