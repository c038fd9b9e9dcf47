import { parsePages } from '../../base/units.ts';
import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { DecideContext } from '../../model/decide-query.ts';
import type { DecideObject } from '../../model/decide-slab.ts';
import type { ZoneConfig } from '../../model/machine-config.ts';
import { countOf, flagOf, pairsOf, textOf } from '../arguments.ts';
import { type Arguments, type Command, reportOutput } from '../command.ts';
import {
  CONTEXT_OPTIONS,
  FLAG_OPTION,
  KERNEL_OPTION,
  LOCKDEP_OPTION,
  PROCFS_OPTION,
} from '../common-options.ts';
import { metadataRequest } from '../requests/metadata-request.ts';
import { orderAsked } from '../requests/request-order.ts';

const command: Command = {
  name: 'decide',
  summary: 'One allocation, step by step: which check passes or refuses it, and by how much',
  usage: 'decide [memory]',
  example: [
    'gfpsim decide 128MiB --gfp 0x1091220 --free DMA=117 --free DMA32=143',
    'why the metadata of a GFP_ATOMIC caller fails just here',
  ],
  formats: ['text', 'json'],
  positionals: { memory: { describe: 'RAM size, such as 128MiB' } },
  options: {
    gfp: { alias: 'g', type: 'string', demandOption: true, describe: 'Mask of the request' },
    order: { type: 'string', describe: 'Page order (0)' },
    size: { type: 'string', describe: 'A kmalloc of this many bytes in place of a page request' },
    cache: { type: 'string', describe: 'An object of this slab cache, such as kmemleak_object' },
    variant: {
      alias: 'V',
      type: 'string',
      words: ['<variants>', '<files>'],
      describe: "The request is this proposal's, for the metadata of a caller with --gfp",
    },
    mask: { type: 'string', describe: "'id=EXPR': the same for a proposal by its mask" },
    try: { type: 'string', describe: 'Which of its tries (1)' },
    ...FLAG_OPTION,
    ...LOCKDEP_OPTION,
    ...PROCFS_OPTION,
    ...KERNEL_OPTION,
    cpus: { type: 'string', describe: 'CPUs online (1, or those of the snapshot)' },
    free: { type: 'string', describe: 'ZONE=PAGES free at that moment; repeatable' },
    boost: { type: 'string', describe: 'ZONE=PAGES of watermark boost; repeatable' },
    'slab-full': { type: 'boolean', describe: 'No slab has a free object left' },
    highatomic: { type: 'string', describe: 'ZONE=PAGES the check counts high-atomic; repeatable' },
    'free-highatomic': {
      type: 'string',
      describe: 'ZONE=PAGES of the free ones on high-atomic lists; repeatable',
    },
    'page-cache': { type: 'string', describe: 'Clean file pages that reclaim may drop' },
    set: { alias: 's', type: 'string', describe: 'NAME=VALUE as of machine; repeatable' },
    ...CONTEXT_OPTIONS,
    'memalloc-noio': { type: 'boolean', describe: 'The task is PF_MEMALLOC_NOIO' },
    'memalloc-nofs': { type: 'boolean', describe: 'The task is PF_MEMALLOC_NOFS' },
  },
  async run(args) {
    const [{ requestMachine }, { queryDecide }, { decideReportText }, { readGfp }] =
      await Promise.all([
        import('../requests/request-machine.ts'),
        import('../../model/decide-query.ts'),
        import('../../model/decide-text.ts'),
        import('../../model/mm/gfp.ts'),
      ]);
    const { kernel, machine } = await requestMachine(args);
    const read = readGfp(textOf(args, 'gfp') ?? '', kernel);
    const context = contextOf(args);
    const made = await metadataRequest(args, read.value, kernel, context);
    const object = objectOf(args);
    const { cpus, pageblockOrder, watermarkBoostFactor, cleanFilePages } = machine;
    const slabs = flagOf(args, 'slab-full') ? [] : machine.slabs;
    const report = queryDecide({
      kernel,
      gfp: made?.gfp ?? read.value,
      notes: [...read.notes, ...(made?.notes ?? [])],
      order: orderAsked(args),
      zones: withBoost(machine.zones, pagesByZone(args, 'boost', machine.zones), kernel),
      ...{ cpus, pageblockOrder, watermarkBoostFactor, slabs, cleanFilePages },
      highatomic: pagesByZone(args, 'highatomic', machine.zones),
      freeHighatomic: pagesByZone(args, 'free-highatomic', machine.zones),
      context,
      ...(made === null ? {} : { metadata: made.metadata }),
      ...(object === undefined ? {} : { object }),
    });
    return reportOutput(report, () => decideReportText(report));
  },
};

export default command;

/** ZONE=PAGES options by zone name. */
function pagesByZone(
  args: Arguments,
  name: string,
  zones: readonly ZoneConfig[],
): Record<string, number> {
  const pages: Record<string, number> = {};
  for (const [zone, count] of pairsOf(args, name, 'ZONE=PAGES, such as DMA32=139')) {
    const known = zones.find((one) => one.name.toLowerCase() === zone.toLowerCase());
    if (known === undefined) {
      const names = zones.map((one) => one.name).join(', ');
      throw new UserError(`--${name}: no zone '${zone.slice(0, 40)}'`, { expected: names });
    }
    if (known.name in pages) {
      throw new UserError(`--${name} gives ${known.name} twice`, { expected: 'a zone once' });
    }
    pages[known.name] = parsePages(count);
  }
  return pages;
}

/** A page, an object by its size, or an object of a cache; one of them. */
function objectOf(args: Arguments): DecideObject | undefined {
  const size = countOf(args, 'size', 1);
  const cache = textOf(args, 'cache');
  const given = [size, cache, textOf(args, 'order')].filter((option) => option !== undefined);
  if (given.length > 1) throw new UserError('--order, --size and --cache exclude each other');
  if (size !== undefined) return { sizeBytes: size };
  return cache === undefined ? undefined : { cache };
}

function withBoost(
  zones: readonly ZoneConfig[],
  boost: Readonly<Record<string, number>>,
  kernel: KernelProfile,
): ZoneConfig[] {
  if (kernel.rules.watermarkBoostFactor === 0 && Object.keys(boost).length > 0) {
    throw new UserError(`--boost: kernel ${kernel.name} has no watermark boost`);
  }
  return zones.map((zone) => ({ ...zone, boost: boost[zone.name] ?? zone.boost }));
}

function contextOf(args: Arguments): DecideContext {
  return {
    memalloc: flagOf(args, 'memalloc'),
    realtime: flagOf(args, 'realtime'),
    oomVictim: flagOf(args, 'oom-victim'),
    inHardirq: flagOf(args, 'hardirq'),
    inSoftirq: flagOf(args, 'softirq'),
    interruptsOff: flagOf(args, 'interrupts-off'),
    memallocNoio: flagOf(args, 'memalloc-noio'),
    memallocNofs: flagOf(args, 'memalloc-nofs'),
  };
}
