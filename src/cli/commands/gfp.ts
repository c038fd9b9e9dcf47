import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { countOf, flagOf, listOf, textOf } from '../arguments.ts';
import { type Command, reportOutput } from '../command.ts';
import { CONTEXT_OPTIONS, KERNEL_OPTION } from '../common-options.ts';

const command: Command = {
  name: 'gfp',
  summary: 'Decode or encode a gfp mask: what it may do, what it costs, who may inject it',
  usage: 'gfp <value..>',
  example: ["gfpsim gfp '0x14112c0' --variant rfc-strict", 'a mask from a 4.17 log'],
  formats: ['text', 'json'],
  positionals: {
    value: { describe: 'A number, flag names joined by |, or a piece of a log', array: true },
  },
  options: {
    ...KERNEL_OPTION,
    order: { type: 'string', describe: 'Page order of the request (0)' },
    variant: { alias: 'V', type: 'string', describe: "Also the metadata's masks by this proposal" },
    ...CONTEXT_OPTIONS,
  },
  async run(args) {
    const [{ loadVariants }, { queryGfp, gfpReportText }, { TaskContext }] = await Promise.all([
      import('../load-catalogs.ts'),
      import('../../model/mm/gfp-query.ts'),
      import('../../model/sched/task-context.ts'),
    ]);
    const kernel = await kernelOf(textOf(args, 'kernel') ?? '4.17');
    const variant = textOf(args, 'variant');
    const context = new TaskContext();
    context.memalloc = flagOf(args, 'memalloc');
    context.realtime = flagOf(args, 'realtime');
    context.oomVictim = flagOf(args, 'oom-victim');
    context.inHardirq = flagOf(args, 'hardirq');
    context.inSoftirq = flagOf(args, 'softirq');
    context.interruptsOff = flagOf(args, 'interrupts-off');
    const report = queryGfp(listOf(args, 'value').join(' '), kernel, {
      order: countOf(args, 'order', 0) ?? 0,
      context,
      ...(variant === undefined ? {} : { variant: (await loadVariants()).get(variant) }),
    });
    return reportOutput(report, () => gfpReportText(report));
  },
};

export default command;

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
