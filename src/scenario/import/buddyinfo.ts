import { type DumpLine, DumpText, quoted } from './dump-text.ts';

/** Free blocks of one zone by order, as /proc/buddyinfo tells them. */
export interface BuddyZone {
  readonly node: number;
  readonly zone: string;
  readonly blocks: readonly number[];
  /** Letters of the migratetypes that have blocks of each order, as only reports tell them. */
  readonly letters?: readonly string[];
}

const LINE = /^\s*Node\s+(\d+),\s+zone\s+(\S+)\s/;
const EXPECTED = "'Node N, zone NAME' and the free blocks of every order";

/** Reads /proc/buddyinfo. Zones without pages do not appear in it. */
export function parseBuddyinfo(text: string, file: string): BuddyZone[] {
  const dump = new DumpText(text, file);
  const zones: BuddyZone[] = [];
  const seen = new Set<string>();
  for (const line of dump.lines()) {
    const zone = readZone(dump, line);
    const key = `${zone.node} ${zone.zone}`;
    if (seen.has(key)) {
      throw dump.error(line, 1, {
        found: `zone ${quoted(zone.zone)} of node ${zone.node} appears twice`,
        expected: 'one snapshot',
      });
    }
    seen.add(key);
    zones.push(zone);
  }
  return zones;
}

function readZone(dump: DumpText, line: DumpLine): BuddyZone {
  const match = LINE.exec(line.text);
  if (match === null) throw dump.unexpected(line, EXPECTED);
  const blocks = dump.counts(line, match[0].length, 'a number of free blocks');
  if (blocks.length === 0) throw dump.unexpected(line, EXPECTED);
  return { node: Number(match[1]), zone: match[2]!, blocks };
}

/** Pages in blocks counted by order. */
export function pagesInBlocks(blocks: readonly number[]): number {
  return blocks.reduce((sum, count, order) => sum + count * 2 ** order, 0);
}
