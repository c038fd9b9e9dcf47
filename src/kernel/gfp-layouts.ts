import type { Gfp, NamedMask } from './kernel-profile.ts';
import linux417 from './profiles/4.17.ts';
import linux61 from './profiles/6.1.ts';
import linux612 from './profiles/6.12.ts';

/** A flag table of the kernel's history: what a value from somebody's log meant there. */
export interface GfpLayout {
  /** The releases whose table it is. */
  readonly kernels: string;
  /** The profile that has this table, where one has. */
  readonly profile?: string;
  /** Bits with a meaning. */
  readonly known: Gfp;
  /** The names in the order in which those kernels test them for printing. */
  readonly printOrder: readonly NamedMask[];
  /** Of a table among another's releases: only masks with this bit are told by it. */
  readonly apart?: Gfp;
}

/**
 * Up to 4.3: WAIT in place of the two reclaim bits, RECLAIMABLE at bit 19. Only traces print it,
 * without underscores.
 */
const WAIT_ERA: readonly NamedMask[] = [
  { name: 'GFP_TRANSHUGE', value: 0x4352da },
  { name: 'GFP_HIGHUSER_MOVABLE', value: 0x200da },
  { name: 'GFP_HIGHUSER', value: 0x200d2 },
  { name: 'GFP_USER', value: 0x200d0 },
  { name: 'GFP_TEMPORARY', value: 0x800d0 },
  { name: 'GFP_KERNEL', value: 0xd0 },
  { name: 'GFP_NOFS', value: 0x50 },
  { name: 'GFP_ATOMIC', value: 0x20 },
  { name: 'GFP_NOIO', value: 0x10 },
  { name: '__GFP_HIGH', value: 0x20 },
  { name: '__GFP_WAIT', value: 0x10 },
  { name: '__GFP_IO', value: 0x40 },
  { name: '__GFP_COLD', value: 0x100 },
  { name: '__GFP_NOWARN', value: 0x200 },
  { name: '__GFP_REPEAT', value: 0x400 },
  { name: '__GFP_NOFAIL', value: 0x800 },
  { name: '__GFP_NORETRY', value: 0x1000 },
  { name: '__GFP_COMP', value: 0x4000 },
  { name: '__GFP_ZERO', value: 0x8000 },
  { name: '__GFP_NOMEMALLOC', value: 0x10000 },
  { name: '__GFP_MEMALLOC', value: 0x2000 },
  { name: '__GFP_HARDWALL', value: 0x20000 },
  { name: '__GFP_THISNODE', value: 0x40000 },
  { name: '__GFP_RECLAIMABLE', value: 0x80000 },
  { name: '__GFP_KMEMCG', value: 0x100000 },
  { name: '__GFP_MOVABLE', value: 0x8 },
  { name: '__GFP_NOTRACK', value: 0x200000 },
  { name: '__GFP_NO_KSWAPD', value: 0x400000 },
  { name: '__GFP_OTHER_NODE', value: 0x800000 },
];

/** 4.4 to 4.9: two reclaim bits, OTHER_NODE still between them. */
const OTHER_NODE_ERA: readonly NamedMask[] = [
  { name: 'GFP_HIGHUSER_MOVABLE', value: 0x24200ca },
  { name: 'GFP_HIGHUSER', value: 0x24200c2 },
  { name: 'GFP_USER', value: 0x24200c0 },
  { name: 'GFP_TEMPORARY', value: 0x24000d0 },
  { name: 'GFP_KERNEL_ACCOUNT', value: 0x25000c0 },
  { name: 'GFP_KERNEL', value: 0x24000c0 },
  { name: 'GFP_NOFS', value: 0x2400040 },
  { name: 'GFP_ATOMIC', value: 0x2080020 },
  { name: 'GFP_NOIO', value: 0x2400000 },
  { name: 'GFP_NOWAIT', value: 0x2000000 },
  { name: 'GFP_DMA', value: 0x1 },
  { name: '__GFP_HIGHMEM', value: 0x2 },
  { name: 'GFP_DMA32', value: 0x4 },
  { name: '__GFP_HIGH', value: 0x20 },
  { name: '__GFP_ATOMIC', value: 0x80000 },
  { name: '__GFP_IO', value: 0x40 },
  { name: '__GFP_FS', value: 0x80 },
  { name: '__GFP_COLD', value: 0x100 },
  { name: '__GFP_NOWARN', value: 0x200 },
  { name: '__GFP_REPEAT', value: 0x400 },
  { name: '__GFP_NOFAIL', value: 0x800 },
  { name: '__GFP_NORETRY', value: 0x1000 },
  { name: '__GFP_COMP', value: 0x4000 },
  { name: '__GFP_ZERO', value: 0x8000 },
  { name: '__GFP_NOMEMALLOC', value: 0x10000 },
  { name: '__GFP_MEMALLOC', value: 0x2000 },
  { name: '__GFP_HARDWALL', value: 0x20000 },
  { name: '__GFP_THISNODE', value: 0x40000 },
  { name: '__GFP_RECLAIMABLE', value: 0x10 },
  { name: '__GFP_MOVABLE', value: 0x8 },
  { name: '__GFP_ACCOUNT', value: 0x100000 },
  { name: '__GFP_NOTRACK', value: 0x200000 },
  { name: '__GFP_WRITE', value: 0x1000000 },
  { name: '__GFP_DIRECT_RECLAIM', value: 0x400000 },
  { name: '__GFP_KSWAPD_RECLAIM', value: 0x2000000 },
  { name: '__GFP_OTHER_NODE', value: 0x800000 },
];

/** 4.10 to 4.14: the table of 4.17 with two more bits, each in its place. */
const NOTRACK_ERA: readonly NamedMask[] = linux417.gfp.printOrder.flatMap((entry) => {
  if (entry.name === '__GFP_FS') return [entry, { name: '__GFP_COLD', value: 0x100 }];
  if (entry.name === '__GFP_ACCOUNT') return [entry, { name: '__GFP_NOTRACK', value: 0x200000 }];
  return [entry];
});

/** 4.18 to 5.0: the holes of 4.17 closed. */
const CLOSED_HOLES_ERA: readonly NamedMask[] = [
  { name: 'GFP_TRANSHUGE', value: 0x2342ca },
  { name: 'GFP_TRANSHUGE_LIGHT', value: 0x342ca },
  { name: 'GFP_HIGHUSER_MOVABLE', value: 0x6200ca },
  { name: 'GFP_HIGHUSER', value: 0x6200c2 },
  { name: 'GFP_USER', value: 0x6200c0 },
  { name: 'GFP_KERNEL_ACCOUNT', value: 0x7000c0 },
  { name: 'GFP_KERNEL', value: 0x6000c0 },
  { name: 'GFP_NOFS', value: 0x600040 },
  { name: 'GFP_ATOMIC', value: 0x480020 },
  { name: 'GFP_NOIO', value: 0x600000 },
  { name: 'GFP_NOWAIT', value: 0x400000 },
  { name: 'GFP_DMA', value: 0x1 },
  { name: '__GFP_HIGHMEM', value: 0x2 },
  { name: 'GFP_DMA32', value: 0x4 },
  { name: '__GFP_HIGH', value: 0x20 },
  { name: '__GFP_ATOMIC', value: 0x80000 },
  { name: '__GFP_IO', value: 0x40 },
  { name: '__GFP_FS', value: 0x80 },
  { name: '__GFP_NOWARN', value: 0x200 },
  { name: '__GFP_RETRY_MAYFAIL', value: 0x400 },
  { name: '__GFP_NOFAIL', value: 0x800 },
  { name: '__GFP_NORETRY', value: 0x1000 },
  { name: '__GFP_COMP', value: 0x4000 },
  { name: '__GFP_ZERO', value: 0x8000 },
  { name: '__GFP_NOMEMALLOC', value: 0x10000 },
  { name: '__GFP_MEMALLOC', value: 0x2000 },
  { name: '__GFP_HARDWALL', value: 0x20000 },
  { name: '__GFP_THISNODE', value: 0x40000 },
  { name: '__GFP_RECLAIMABLE', value: 0x10 },
  { name: '__GFP_MOVABLE', value: 0x8 },
  { name: '__GFP_ACCOUNT', value: 0x100000 },
  { name: '__GFP_WRITE', value: 0x100 },
  { name: '__GFP_DIRECT_RECLAIM', value: 0x200000 },
  { name: '__GFP_KSWAPD_RECLAIM', value: 0x400000 },
];

const SKIP_KASAN_POISON = 0x1000000;

/** 5.14 to 5.17: user pages carry a bit of KASAN's; later only hardware tags bring it. */
const SKIP_POISON_ERA: readonly NamedMask[] = linux61.gfp.printOrder
  .map((entry) =>
    /^GFP_(HIGHUSER_MOVABLE|TRANSHUGE)/.test(entry.name)
      ? { name: entry.name, value: entry.value + SKIP_KASAN_POISON }
      : entry,
  )
  .concat({ name: '__GFP_SKIP_KASAN_POISON', value: SKIP_KASAN_POISON });

/** 6.3 to 6.7: the ATOMIC bit is gone, and GFP_NOWAIT does not yet bring NOWARN. */
const LOUD_NOWAIT_ERA: readonly NamedMask[] = linux612.gfp.printOrder.map((entry) =>
  entry.name === 'GFP_NOWAIT'
    ? { name: entry.name, value: linux612.gfp.bits.KSWAPD_RECLAIM }
    : entry,
);

/** Every table since 2.6.32, the oldest first. x86-64, without KASAN's hardware tags. */
export const GFP_LAYOUTS: readonly GfpLayout[] = [
  { kernels: '2.6.32 to 4.3', known: 0xffffff, printOrder: WAIT_ERA },
  { kernels: '4.4 to 4.9', known: 0x3ffffff, printOrder: OTHER_NODE_ERA },
  { kernels: '4.10 to 4.14', known: 0x1ffffff, printOrder: NOTRACK_ERA },
  {
    kernels: '4.15 to 4.17',
    profile: linux417.name,
    known: 0x1dffeff,
    printOrder: linux417.gfp.printOrder,
  },
  { kernels: '4.18 to 5.0', known: 0x7fffff, printOrder: CLOSED_HOLES_ERA },
  {
    kernels: '5.1 to 6.2',
    profile: linux61.name,
    known: 0xffffff,
    printOrder: linux61.gfp.printOrder,
  },
  {
    kernels: '5.14 to 5.17',
    known: 0x1ffffff,
    printOrder: SKIP_POISON_ERA,
    apart: SKIP_KASAN_POISON,
  },
  { kernels: '6.3 to 6.7', known: 0xfffdff, printOrder: LOUD_NOWAIT_ERA },
  {
    kernels: '6.8 to 6.12',
    profile: linux612.name,
    known: 0xfffdff,
    printOrder: linux612.gfp.printOrder,
  },
];
