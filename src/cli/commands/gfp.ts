import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { KmemleakVariant } from '../../model/kmemleak/variant.ts';
import type { GfpQueryOptions } from '../../model/mm/gfp-query.ts';
import { flagOf, listOf, textOf } from '../arguments.ts';
import { type Command, type CommandOutput, reportOutput } from '../command.ts';
import { CONTEXT_OPTIONS, FLAG_OPTION, KERNEL_OPTION, LOCKDEP_OPTION } from '../common-options.ts';
import { orderServed } from '../requests/request-order.ts';
import { askedVariants } from '../selection/asked-variants.ts';
import { builtKernel } from '../selection/built-kernel.ts';

const command: Command = {
  name: 'gfp',
  summary: 'Decode or encode a gfp mask: what it may do, what it costs, who may inject it',
  usage: 'gfp <value..>',
  example: ['gfpsim gfp GFP_ATOMIC --variant all', "every proposal's mask for such a caller"],
  formats: ['text', 'json', 'csv'],
  positionals: {
    value: { describe: 'A number, flag names joined by |, or a piece of a log', array: true },
  },
  options: {
    ...KERNEL_OPTION,
    order: { type: 'string', describe: 'Page order of the request (0)' },
    variant: {
      alias: 'V',
      type: 'string',
      words: ['all', '<variants>', '<files>'],
      describe: "Also the metadata's masks by these proposals or files: a,./b.js or all",
    },
    mask: { type: 'string', describe: "'id=EXPR': one more proposal, by its mask; repeatable" },
    ...FLAG_OPTION,
    ...LOCKDEP_OPTION,
    ...CONTEXT_OPTIONS,
  },
  async run(args) {
    const [{ queryGfp }, { gfpReportText }, { TaskContext }] = await Promise.all([
      import('../../model/mm/gfp-query.ts'),
      import('../../model/mm/gfp-query-text.ts'),
      import('../../model/sched/task-context.ts'),
    ]);
    const kernel = await builtKernel(await kernelOf(textOf(args, 'kernel') ?? '4.17'), args);
    const context = new TaskContext();
    context.memalloc = flagOf(args, 'memalloc');
    context.realtime = flagOf(args, 'realtime');
    context.oomVictim = flagOf(args, 'oom-victim');
    context.inHardirq = flagOf(args, 'hardirq');
    context.inSoftirq = flagOf(args, 'softirq');
    context.interruptsOff = flagOf(args, 'interrupts-off');
    const options = { order: orderServed(args, kernel), context };
    const mask = listOf(args, 'value').join(' ');
    const variants = await askedVariants(args, kernel);
    if (variants.length > 1) return tableOutput(mask, kernel, variants, options);
    const [variant] = variants;
    const report = queryGfp(mask, kernel, {
      ...options,
      ...(variant === undefined ? {} : { variant }),
    });
    return reportOutput(report, () => gfpReportText(report));
  },
};

export default command;

async function tableOutput(
  mask: string,
  kernel: KernelProfile,
  variants: readonly KmemleakVariant[],
  options: GfpQueryOptions,
): Promise<CommandOutput> {
  const { variantMasks, variantMasksCsv, variantMasksText } = await import(
    '../requests/variant-masks.ts'
  );
  const report = variantMasks(mask, kernel, variants, options);
  const { render } = reportOutput(report, () => variantMasksText(report, kernel));
  return {
    render: (format) => (format === 'csv' ? variantMasksCsv(report, kernel) : render(format)),
  };
}

/** A release without a profile of its own may still have the flags of one. */
async function kernelOf(name: string): Promise<KernelProfile> {
  const [{ loadKernels }, { flagTableOf }] = await Promise.all([
    import('../load-catalogs.ts'),
    import('../../model/mm/gfp-foreign.ts'),
  ]);
  const kernels = await loadKernels();
  const hint = kernels.has(name) ? undefined : flagTableOf(name);
  if (hint === undefined) return kernels.get(name);
  throw new UserError(`no profile is of kernel '${name.slice(0, 40)}'`, { hint });
}
