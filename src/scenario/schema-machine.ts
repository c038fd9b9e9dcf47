import * as z from 'zod';
import { PAGE_BYTES } from '../base/units.ts';
import { ZONE_NAMES } from '../model/machine-config.ts';
import {
  countField,
  durationField,
  metadata,
  pagesField,
  sizeField,
  textField,
  yesNoField,
} from './schema-fields.ts';

/**
 * The machine: a RAM size, a real machine's /proc, or zones by page counts; then what differs.
 */
const ZONE_PAGES = z.strictObject({
  managed: pagesField({ description: 'Pages the zone hands out', examples: [3977] }).optional(),
  present: pagesField({ description: 'Pages that exist', examples: [3998] }).optional(),
  spanned: pagesField({ description: 'Pages with holes', examples: [4095] }).optional(),
  'start-pfn': countField({ description: 'First page frame', examples: [1] }).optional(),
  'boot-managed': pagesField({
    description: 'Managed pages when the kernel computed its watermarks at boot',
    examples: [24037],
  }).optional(),
});

const SYSCTL_RATIOS = z
  .array(z.int().min(0))
  .min(1)
  .max(4)
  .meta(
    metadata({
      description: 'Reserve ratios from DMA upwards',
      examples: ['[256, 256, 32, 0]'],
    }),
  );

/** vm sysctls that this build models; each is a write after boot. */
export const SYSCTL_SCHEMA = z
  .strictObject({
    min_free_kbytes: countField(
      { description: 'Free memory that the min watermarks share', examples: [1338], unit: 'kB' },
      0,
      2 ** 31 - 1,
    ).optional(),
    watermark_scale_factor: countField(
      { description: 'Distance of the watermarks, in 1/10000 of a zone', examples: [10, 200] },
      1,
      10000,
    ).optional(),
    watermark_boost_factor: countField(
      { description: 'Boost after fragmentation, in 1/10000 of high', examples: [0, 15000] },
      0,
      2 ** 31 - 1,
    ).optional(),
    percpu_pagelist_fraction: countField(
      { description: '4.17: 1/n of a zone on each per-CPU list; 0: off', examples: [0, 8] },
      0,
      2 ** 31 - 1,
    ).optional(),
    percpu_pagelist_high_fraction: countField(
      { description: '6.x: 1/n of a zone on all per-CPU lists; 0: off', examples: [0, 8] },
      0,
      2 ** 31 - 1,
    ).optional(),
    lowmem_reserve_ratio: SYSCTL_RATIOS.optional(),
    swappiness: countField(
      { description: 'Anonymous memory against page cache, for reclaim', examples: [60] },
      0,
      200,
    ).optional(),
    dirty_ratio: countField(
      { description: 'Dirty share of memory, in percent, at which writers wait', examples: [20] },
      1,
      100,
    ).optional(),
    dirty_background_ratio: countField(
      { description: 'Dirty share of memory, in percent, that starts the flusher', examples: [10] },
      0,
      100,
    ).optional(),
  })
  .meta({ description: 'Run-time writes to /proc/sys/vm' });

const SLAB_CACHE = z.strictObject({
  'object-size': countField(
    { description: 'Bytes of an object as slabinfo prints it', examples: [64], unit: 'bytes' },
    1,
  ),
  order: countField({ description: 'Page order of its slabs', examples: [0] }, 0, 10),
  'objects-per-slab': countField({ description: 'Objects in a slab', examples: [64] }, 1),
  active: countField({ description: 'Objects in use', examples: [1000] }),
  slabs: countField({ description: 'Slabs', examples: [16] }),
  'cpu-free': z
    .array(z.int().min(0))
    .optional()
    .meta(
      metadata({
        description: "Free objects on each CPU's own lists, which slabinfo counts as active",
        examples: ['[12]'],
      }),
    ),
});

/** A block device by what it costs. */
const DISK_FIELDS = {
  latency: durationField({
    description: 'Time of a request besides its transfer',
    examples: ['100us', '8ms'],
  }).prefault('100us'),
  bandwidth: sizeField({
    description: 'Bytes that it transfers in a second',
    examples: ['400MiB', '100MiB'],
  }).prefault('400MiB'),
  'queue-depth': countField(
    { description: 'Requests that it works on at once', examples: [1, 32] },
    1,
    1024,
  ).default(32),
};

const SWAP_SCHEMA = z
  .strictObject({
    size: sizeField({ description: 'Size of the swap area', examples: ['96MiB', '1GiB'] }),
    ...DISK_FIELDS,
  })
  .meta({ description: 'A swap area on a disk of its own' });

const ZRAM_SCHEMA = z
  .strictObject({
    size: sizeField({ description: 'Size of what may be stored', examples: ['96MiB', '1GiB'] }),
    'compression-ratio': z
      .number()
      .min(1)
      .max(256)
      .default(3)
      .meta(
        metadata({
          description: 'Bytes of a page against those that are kept of it',
          examples: [2, 3.5],
        }),
      ),
  })
  .meta({ description: 'Swap in compressed memory, instead of on a disk' });

const PROCESS_SCHEMA = z
  .strictObject({
    name: textField({ description: 'Name of the process', examples: ['sshd'] }),
    resident: pagesField({
      description: 'Its memory when the load starts, which it never touches again',
      examples: ['1MiB', 200],
    }).prefault(0),
    'oom-score-adj': countField(
      { description: 'Its oom_score_adj; -1000 spares it', examples: [0, -1000] },
      -1000,
      1000,
    ).default(0),
    parent: textField({
      description: 'Process that started it; without: init',
      examples: ['sh'],
    }).optional(),
  })
  .meta({ description: 'A process that only holds memory; loads bring their own' });

const SHRINKER_SCHEMA = z
  .strictObject({
    name: textField({ description: 'Name of the cache', examples: ['dentry', 'inode_cache'] }),
    objects: countField({ description: 'Objects when the load starts', examples: [20000] }),
    'object-size': countField(
      { description: 'Bytes of an object', examples: [192, 1000], unit: 'bytes' },
      8,
      PAGE_BYTES,
    ).default(192),
    seeks: countField(
      { description: 'Reads that it takes to make one again; 0: none', examples: [2] },
      0,
      100,
    ).default(2),
    pinned: countField(
      { description: 'Objects in use, which keep their slabs', examples: [20], unit: '%' },
      0,
      100,
    ).default(0),
  })
  .meta({ description: 'A cache of objects that reclaim may shrink' });

const zoneName = z.enum(ZONE_NAMES);

export const MACHINE_SCHEMA = z
  .strictObject({
    memory: sizeField({
      description: 'RAM size; the zones are split as a PC firmware and the kernel split it',
      examples: ['128MiB', '8GiB'],
    }).optional(),
    procfs: textField({
      description: 'Directory with copies of /proc files, or one zoneinfo; relative to this file',
      examples: ['../machines/qemu-128M-4.17'],
    }).optional(),
    cpus: countField({ description: 'CPUs online', examples: [1, 4] }, 1, 4096).optional(),
    'pageblock-order': countField(
      { description: 'log2 of the pages of a pageblock', examples: [9, 10] },
      1,
      10,
    ).optional(),
    'base-small': yesNoField({
      description: 'CONFIG_BASE_SMALL: nodes of radix trees have 16 slots, not 64',
      examples: ['N'],
    }).optional(),
    'huge-pages': yesNoField({
      description: 'Transparent huge pages are on at boot: they raise min_free_kbytes',
      examples: ['N'],
    }).optional(),
    sysctl: SYSCTL_SCHEMA.optional(),
    zones: z
      .partialRecord(zoneName, ZONE_PAGES)
      .optional()
      .meta({ description: 'Zones by page counts; they replace or complete the split' }),
    free: z
      .partialRecord(
        zoneName,
        pagesField({ description: 'Free pages of the zone', examples: [20382, '16MiB'] }),
      )
      .optional()
      .meta({ description: 'Pages free when the load starts, by zone' }),
    pcp: pagesField({
      description: 'Pages on the per-CPU lists of all CPUs together when the load starts',
      examples: [0, 256],
    }).optional(),
    'page-cache': pagesField({
      description: 'Clean file pages that reclaim may drop',
      examples: ['64MiB', 0],
    }).optional(),
    lockdep: yesNoField({
      description: 'CONFIG_LOCKDEP: __GFP_NOLOCKDEP means something, and L1 can fire',
      examples: ['Y', 'N'],
    }).optional(),
    hz: countField({ description: 'Ticks a second', examples: [250, 1000] }, 100, 1000).default(
      250,
    ),
    swap: SWAP_SCHEMA.optional(),
    zram: ZRAM_SCHEMA.optional(),
    disk: z
      .strictObject(DISK_FIELDS)
      .prefault({})
      .meta({ description: 'The disk that files lie on' }),
    processes: z.array(PROCESS_SCHEMA).max(256).default([]),
    shrinkers: z.array(SHRINKER_SCHEMA).max(64).default([]),
    slab: z
      .union([z.literal('none'), z.record(z.string().min(1), SLAB_CACHE)])
      .optional()
      .meta(
        metadata({
          description: "Slab caches when the load starts; 'none': all empty; default: the snapshot",
          examples: ['none'],
        }),
      ),
  })
  .meta({ description: 'The machine that is simulated' });

export type MachineSection = z.output<typeof MACHINE_SCHEMA>;
export type ZoneSection = z.output<typeof ZONE_PAGES>;
export type SwapSection = z.output<typeof SWAP_SCHEMA>;
export type DiskSection = Omit<SwapSection, 'size'>;
export type ProcessSection = z.output<typeof PROCESS_SCHEMA>;
export type ShrinkerSection = z.output<typeof SHRINKER_SCHEMA>;
export type SysctlSection = z.output<typeof SYSCTL_SCHEMA>;
