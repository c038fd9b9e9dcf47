// A report's line of free blocks, one zone: how many of each order, and since 3.7 which
// migratetypes have some, each by a letter.
//
//   Node 0 DMA32: 2*4kB (UM) 1*8kB (U) 0*16kB 1*32kB (H) … 0*4096kB = 432kB

/** Free blocks of one zone by order. */
export interface ReportBlocks {
  readonly node: number;
  readonly zone: string;
  readonly blocks: readonly number[];
  /** The letters of each order: U, M, E (reclaimable), H (high-atomic), C, I. */
  readonly letters: readonly string[];
}

const START = /(?:\bNode (\d+) )?\b([A-Z]\w*): (?=\d+\*\d+kB)/;
const BLOCK = /(\d+)\*(\d+)kB(?: \(([A-Z]+)\))?/g;
const END = /= \d+kB/;

/** Mail wraps a line of blocks to no more lines than this. */
const MAX_WRAPPED = 8;

/** Collects lines of free blocks, which may be wrapped between two blocks. */
export class BlockLines {
  readonly zones: ReportBlocks[] = [];
  #open: { node: number; zone: string; text: string; lines: number } | undefined;

  read(text: string): void {
    const start = START.exec(text);
    if (start !== null) {
      const blocks = text.slice(start.index + start[0].length);
      this.#open = { node: Number(start[1] ?? 0), zone: start[2]!, text: blocks, lines: 1 };
    } else if (this.#open !== undefined) {
      this.#open.text += ` ${text.trim()}`;
      this.#open.lines++;
    }
    this.#close();
  }

  /** Of a line cut short nothing is taken: what is missing could be anything. */
  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    if (END.test(open.text)) this.zones.push(blocksOf(open));
    else if (open.lines < MAX_WRAPPED) return;
    this.#open = undefined;
  }
}

function blocksOf(line: { node: number; zone: string; text: string }): ReportBlocks {
  const found = [...line.text.matchAll(BLOCK)];
  return {
    node: line.node,
    zone: line.zone,
    blocks: found.map(([, count]) => Number(count)),
    letters: found.map(([, , , letters]) => letters ?? ''),
  };
}

/** Kilobytes of the smallest block: the page size. */
export function pageKbytes(text: string): number | undefined {
  const start = START.exec(text);
  if (start === null) return undefined;
  const size = /\d+\*(\d+)kB/.exec(text.slice(start.index + start[0].length));
  return size === null ? undefined : Number(size[1]);
}
