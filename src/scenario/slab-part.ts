import { counted } from '../base/counted.ts';
import { formatBytes, PAGE_BYTES } from '../base/units.ts';
import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { SlabCacheState } from '../model/machine-config.ts';
import { kmallocNames } from '../model/slab/kmalloc-classes.ts';
import { machineSlabs } from './machine-slabs.ts';
import type { PartMap, ScenarioPart } from './part-text.ts';

const METADATA = 'kmemleak_object';
/** Caches besides kmalloc's whose requests are simulated. */
const OTHERS = [METADATA, 'kmemleak_scan_area', 'radix_tree_node'];
const LARGEST_SHOWN = 5;

export interface SlabSource {
  readonly caches: readonly SlabCacheState[];
  readonly file: string;
  readonly kernel: KernelProfile;
  readonly isKernelAsked: boolean;
}

/** The profile whose cache names a slabinfo has; it does not tell 6.1 and 6.12 apart. */
export function slabKernel(caches: readonly SlabCacheState[]): '4.17' | '6.1' | '6.12' {
  if (caches.some(({ name }) => name.startsWith('kmalloc-rnd-'))) return '6.12';
  return caches.some(({ name }) => /^kmalloc-\d+k$/.test(name)) ? '6.1' : '4.17';
}

/** `machine.slab` of what a slabinfo tells of the caches that are simulated. */
export function slabPart({ caches, file, kernel, isKernelAsked }: SlabSource): ScenarioPart {
  const simulated = new Set([...kmallocNames(kernel), ...OTHERS]);
  const known = caches.filter(({ name }) => simulated.has(name));
  // A cache that is not named starts empty.
  const taken = known.filter(({ slabs }) => slabs > 0);
  if (taken.length === 0) {
    throw new UserError('no cache whose requests are simulated', {
      at: { file },
      expected: `caches such as ${kmallocNames(kernel)[0]} or ${METADATA}`,
    });
  }
  const by = isKernelAsked ? 'as asked' : 'the nearest profile by the names of the caches';
  return {
    part: {
      kernel: kernel.name,
      machine: { slab: Object.fromEntries(taken.map((cache) => [cache.name, cachePart(cache)])) },
    },
    notes: [
      `From ${file}: ${taken.length} of ${caches.length} caches${emptyNote(known, taken)}.`,
      `Kernel ${kernel.name}, ${by}.`,
      ...metadataNotes(caches),
      ...geometryNotes(taken, kernel),
      ...untaken(caches, simulated),
    ],
  };
}

function emptyNote(known: readonly unknown[], taken: readonly unknown[]): string {
  const empty = known.length - taken.length;
  return empty === 0 ? '' : `, and ${empty} more that ${empty === 1 ? 'is' : 'are'} empty`;
}

function cachePart(cache: SlabCacheState): PartMap {
  return {
    'object-size': cache.objectSize,
    order: cache.order,
    'objects-per-slab': cache.objectsPerSlab,
    active: cache.activeObjects,
    slabs: cache.slabs,
  };
}

/** What kmemleak costs there. */
function metadataNotes(caches: readonly SlabCacheState[]): string[] {
  const metadata = caches.find(({ name }) => name === METADATA);
  if (metadata === undefined) return [`No ${METADATA}: that kernel runs without kmemleak.`];
  const all = caches.reduce((sum, cache) => sum + bytesOf(cache), 0);
  const share = ((100 * bytesOf(metadata)) / all).toFixed(1);
  const { activeObjects, objectSize } = metadata;
  return [
    `kmemleak tracks about ${activeObjects} objects, with ${objectSize} bytes for each: ` +
      `${formatBytes(bytesOf(metadata))}, ${share} % of the ${formatBytes(all)} in slabs.`,
  ];
}

/** A cache of another geometry counts with its pages alone. */
function geometryNotes(taken: readonly SlabCacheState[], kernel: KernelProfile): string[] {
  const own = new Map(machineSlabs(kernel, 1).map(({ name, size }) => [name, size]));
  const other = taken.filter(
    ({ name, objectSize }) => (own.get(name) ?? objectSize) !== objectSize,
  );
  if (other.length === 0) return [];
  const names = other.map(
    ({ name, objectSize }) => `${name} (${objectSize}, not ${own.get(name)})`,
  );
  const told = names.join(', ');
  const what = `Objects of another size than in ${kernel.name}`;
  return [`${what} count with their pages: ${told}.`];
}

function untaken(caches: readonly SlabCacheState[], simulated: ReadonlySet<string>): string[] {
  const left = caches.filter(({ name }) => !simulated.has(name));
  if (left.length === 0) return [];
  const largest = left
    .toSorted((a, b) => bytesOf(b) - bytesOf(a))
    .slice(0, LARGEST_SHOWN)
    .map((cache) => `${cache.name} ${formatBytes(bytesOf(cache))}`);
  const bytes = left.reduce((sum, cache) => sum + bytesOf(cache), 0);
  return [
    `Not taken: ${counted(left.length, 'cache')} of ${formatBytes(bytes)} from which no load ` +
      `asks, such as ${largest.join(', ')}; machine.free has to leave them out.`,
  ];
}

function bytesOf({ slabs, order }: SlabCacheState): number {
  return slabs * PAGE_BYTES * 2 ** order;
}
