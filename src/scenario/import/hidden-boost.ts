import { unboosted, type ZoneinfoZone } from './zoneinfo-zone.ts';

// Linux 5.0 to 5.17 boosts watermarks and does not print by how much: the marks of a dump have the
// boost in them. The gap between them has not, and is never below a quarter of the zone's share.

/** A boost grows by pageblocks. */
const PAGEBLOCK_PAGES = 512;

/** How far shares may differ, as pages that came free since boot are not in them. */
const NEAR = 0.02;

/** How many pages of min at least cannot be the zone's share; below 1: none. */
export function pagesAboveShare(zone: ZoneinfoZone): number {
  const { min, low, high } = unboosted(zone);
  const gap = high - low;
  return zone.boost !== undefined || low - min !== gap ? 0 : min - (4 * gap + 3);
}

/**
 * The boost of each zone that does not print it, 0 where none shows. Where the gap is a quarter of
 * the share, only whole pageblocks leave such a share; else the zone's share follows from those of
 * the zones without a boost.
 */
export function hiddenBoosts(zones: readonly ZoneinfoZone[]): number[] {
  const plain = zones.filter((zone) => pagesAboveShare(zone) < 1 && zone.min > 0);
  const largest = plain.reduce<ZoneinfoZone | undefined>(
    (best, zone) => (best === undefined || pagesOf(zone) > pagesOf(best) ? zone : best),
    undefined,
  );
  return zones.map((zone) => {
    const above = pagesAboveShare(zone);
    if (above < 1) return 0;
    const whole = Math.ceil(above / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES;
    if (whole <= above + 3 || largest === undefined) return whole <= above + 3 ? whole : 0;
    const boost = zone.min - (unboosted(largest).min * pagesOf(zone)) / pagesOf(largest);
    const full = fullBoost(zone);
    const isFull = full !== undefined && Math.abs(full - boost) < NEAR * (zone.min - boost);
    return isFull ? full : Math.round(boost / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES;
  });
}

/** The most that a boost grows to, 1.5 times high, where it may have come to that. */
function fullBoost({ min, low, high }: ZoneinfoZone): number | undefined {
  const gap = high - low;
  const share = Math.floor((min - 3 * gap) / 2.5);
  const fits = (pages: number) => min - pages === Math.floor((3 * (pages + 2 * gap)) / 2);
  const found = [share, share + 1].find(fits);
  return found === undefined ? undefined : min - found;
}

function pagesOf(zone: ZoneinfoZone): number {
  return zone.managed ?? zone.present;
}
