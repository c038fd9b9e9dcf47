import { type DumpLine, DumpText, quoted } from './dump-text.ts';

/** Free blocks and pageblocks of one zone by migratetype name, as the kernel prints it. */
export interface PagetypeZone {
  readonly node: number;
  readonly zone: string;
  /** Free blocks by order, by type: Unmovable, Movable, Reclaimable, HighAtomic, CMA, Isolate … */
  readonly blocks: Readonly<Record<string, readonly number[]>>;
  readonly pageblocks: Readonly<Record<string, number>>;
  /** Some count was cut off at 100000 by the kernel (5.5 and later). */
  readonly capped: boolean;
}

export interface Pagetypeinfo {
  readonly pageblockOrder: number;
  readonly zones: readonly PagetypeZone[];
}

interface OpenZone {
  readonly node: number;
  readonly zone: string;
  readonly blocks: Record<string, number[]>;
  readonly pageblocks: Record<string, number>;
  capped: boolean;
}

const ORDER = /^Page block order:\s*(\S+)\s*$/;
const IGNORED = /^(Pages per block:|Free pages count per migrate type|Number of mixed blocks)/;
const FREE = /^(Node\s+(\d+),\s+zone\s+(\S+),\s+type\s+(\S+)\s)/;
const TYPES = /^Number of blocks type\s+(.*\S)\s*$/;
const PAGEBLOCKS = /^(Node\s+(\d+),\s+zone\s+(\S+)\s)/;
const EXPECTED = 'a line of /proc/pagetypeinfo';

/**
 * Reads /proc/pagetypeinfo. Types are taken by name, since their order changed over time; lines
 * that a terminal or a mail wrapped are joined again (a line of only numbers, or of only types,
 * goes on with the former).
 */
export function parsePagetypeinfo(text: string, file: string): Pagetypeinfo {
  const dump = new DumpText(text, file);
  const reader = new PagetypeReader(dump);
  for (const line of joined(dump)) reader.read(line);
  return reader.finish();
}

function* joined(dump: DumpText): Generator<DumpLine> {
  let held: DumpLine | undefined;
  for (const line of dump.lines()) {
    if (held !== undefined && goesOn(held.text, line.text)) {
      held = { text: `${held.text} ${line.text.trim()}`, number: held.number };
    } else {
      if (held !== undefined) yield held;
      held = line;
    }
  }
  if (held !== undefined) yield held;
}

function goesOn(former: string, text: string): boolean {
  return /^[\s\d]+$/.test(text) || (TYPES.test(former) && /^[\sA-Za-z]+$/.test(text));
}

class PagetypeReader {
  readonly #dump: DumpText;
  readonly #zones: OpenZone[] = [];
  #order: number | undefined;
  #types: string[] = [];

  constructor(dump: DumpText) {
    this.#dump = dump;
  }

  read(line: DumpLine): void {
    const order = ORDER.exec(line.text);
    if (order !== null) this.#readOrder(line, order[1]!);
    else if (this.#order === undefined) throw this.#dump.unexpected(line, "'Page block order: N'");
    else if (IGNORED.test(line.text)) this.#types = [];
    else this.#readZone(line);
  }

  #readOrder(line: DumpLine, word: string): void {
    const order = this.#dump.count(line, line.text.lastIndexOf(word), word, 'the pageblock order');
    if (order > 20 || (this.#order !== undefined && this.#order !== order)) {
      throw this.#dump.unexpected(line, 'one pageblock order, at most 20');
    }
    this.#order = order;
  }

  #readZone(line: DumpLine): void {
    const types = TYPES.exec(line.text);
    if (types !== null) {
      this.#types = types[1]!.split(/\s+/);
      return;
    }
    const free = FREE.exec(line.text);
    const pageblocks = PAGEBLOCKS.exec(line.text);
    if (free !== null) this.#readFree(line, free);
    else if (pageblocks !== null) this.#readPageblocks(line, pageblocks);
    else throw this.#dump.unexpected(line, EXPECTED);
  }

  #readFree(line: DumpLine, match: RegExpExecArray): void {
    const zone = this.#zone(Number(match[2]), match[3]!);
    const type = match[4]!;
    if (zone.blocks[type] !== undefined) {
      throw this.#dump.unexpected(line, `type ${quoted(type)} once a zone`);
    }
    if (line.text.includes('>')) zone.capped = true;
    const plain = { ...line, text: line.text.replace(/>/g, ' ') };
    zone.blocks[type] = this.#dump.counts(plain, match[1]!.length, 'a number of free blocks');
    if (zone.blocks[type].length === 0) throw this.#dump.unexpected(line, 'free blocks by order');
  }

  #readPageblocks(line: DumpLine, match: RegExpExecArray): void {
    const counts = this.#dump.counts(line, match[1]!.length, 'a number of pageblocks');
    if (this.#types.length === 0) return; // mixed blocks of a page_owner kernel: not used
    if (counts.length !== this.#types.length) {
      throw this.#dump.unexpected(line, `${this.#types.length} numbers of pageblocks`);
    }
    const zone = this.#zone(Number(match[2]), match[3]!);
    this.#types.forEach((type, index) => {
      zone.pageblocks[type] = counts[index]!;
    });
  }

  #zone(node: number, zone: string): OpenZone {
    const known = this.#zones.find((other) => other.node === node && other.zone === zone);
    if (known !== undefined) return known;
    const opened = { node, zone, blocks: {}, pageblocks: {}, capped: false };
    this.#zones.push(opened);
    return opened;
  }

  finish(): Pagetypeinfo {
    const { file } = this.#dump;
    if (this.#order === undefined || this.#zones.length === 0) {
      throw this.#dump.unexpected({ text: file, number: 1 }, 'a complete /proc/pagetypeinfo');
    }
    return { pageblockOrder: this.#order, zones: this.#zones };
  }
}
