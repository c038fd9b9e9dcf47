import { UserError } from '../base/user-error.ts';
import {
  MIGRATE_HIGHATOMIC,
  MIGRATE_TYPES,
  MIGRATE_UNMOVABLE,
  type ZoneConfig,
} from './machine-config.ts';
import { ORDERS } from './mm/zone.ts';

/**
 * The zones with so many of their free pages on the high-atomic lists, by zone name. Nobody says
 * where they lie, nor the others: both are taken to be in as few blocks as hold them, the others
 * unmovable ones.
 */
export function withFreeHighatomic(
  zones: readonly ZoneConfig[],
  pages: Readonly<Record<string, number>>,
): ZoneConfig[] {
  return zones.map((zone) => {
    const reserved = pages[zone.name];
    if (reserved === undefined) return zone;
    const { free } = zone;
    if (reserved > free.pages) {
      throw new UserError(`zone ${zone.name}: ${reserved} high-atomic pages are free`, {
        expected: `at most the ${free.pages} pages that are free`,
      });
    }
    const blocks = Array.from({ length: MIGRATE_TYPES }, (): number[] => []);
    blocks[MIGRATE_UNMOVABLE] = fewestBlocks(free.pages - reserved);
    blocks[MIGRATE_HIGHATOMIC] = fewestBlocks(reserved);
    // The pageblocks follow from the blocks: those of a snapshot have no room for these.
    const { pageblocks: _, ...rest } = free;
    return { ...zone, free: { ...rest, blocks } };
  });
}

/** Blocks by order: the largest as often as they fit, and one for each bit of the rest. */
function fewestBlocks(pages: number): number[] {
  const largest = ORDERS - 1;
  return Array.from({ length: ORDERS }, (_, order) =>
    order === largest ? pages >> largest : (pages >> order) & 1,
  );
}
