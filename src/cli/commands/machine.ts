import { listOf, textOf } from '../arguments.ts';
import { type Command, reportOutput } from '../command.ts';
import { KERNEL_OPTION, PROCFS_OPTION } from '../common-options.ts';

const command: Command = {
  name: 'machine',
  summary: 'Zones, watermarks and reserves of a machine, computed as the kernel does',
  usage: 'machine [memory]',
  example: ['gfpsim machine 128MiB --kernel 4.17 --set min_free_kbytes=4096', 'what is kept free'],
  formats: ['text', 'json'],
  positionals: { memory: { describe: 'RAM size, such as 128MiB' } },
  options: {
    ...PROCFS_OPTION,
    ...KERNEL_OPTION,
    cpus: { type: 'string', describe: 'CPUs online (1, or those of the snapshot)' },
    set: {
      alias: 's',
      type: 'string',
      describe: 'NAME=VALUE: a vm sysctl written at run time, cpus, ZONE.managed …; repeatable',
    },
  },
  async run(args) {
    const [
      { cpusSetting, machineOptions, machineSource },
      { queryMachine },
      { machineReportText },
      { parseMachineSettings },
    ] = await Promise.all([
      import('../requests/machine-source.ts'),
      import('../../scenario/machine-query.ts'),
      import('../../scenario/machine-query-text.ts'),
      import('../../scenario/machine-query-settings.ts'),
    ]);
    const settings = parseMachineSettings([...cpusSetting(args), ...listOf(args, 'set')]);
    const zonesByHand = Object.keys(settings.zones ?? {}).length > 0;
    const { kernel, memoryBytes, snapshot } = await machineSource(
      machineOptions(args),
      textOf(args, 'kernel'),
      zonesByHand,
    );
    const size = memoryBytes === undefined ? {} : { memoryBytes };
    const source = snapshot === undefined ? size : { snapshot };
    const report = queryMachine(source, settings, kernel);
    return reportOutput(report, () => machineReportText(report));
  },
};

export default command;
