import { counted } from '../../base/counted.ts';
import { type MachineReport, queryMachine } from '../../scenario/machine-query.ts';
import type { FidelityGroup, Setting } from '../fidelity-group.ts';
import type { Laboratory, Row } from '../laboratory.ts';
import { exact } from '../quantity.ts';

const KERNELS = ['4.17', '6.1'];
/** What a boot is called among the machines; the others are named by the sysctls written. */
const BOOT = 'base';
const FIELDS = ['spanned', 'present', 'managed', 'min', 'low', 'high'] as const;

/** Every zone from a RAM size alone: /proc/zoneinfo after boot, and after sysctls were written. */
const group: FidelityGroup = {
  name: 'zones',
  summary: 'watermarks, protection, boost, per-CPU limits',
  heldTo: ['real zoneinfo after boot and after sysctl writes, 64 MiB to 8 GiB, 1 to 8 CPUs'],
  unit: 'zones',
  agreement: 'exact',
  measurements: KERNELS.map(fileOf),
  settings: (laboratory) => KERNELS.flatMap((kernel) => zonesOf(kernel, laboratory)),
};

export default group;

function fileOf(kernel: string): string {
  return `e1/${kernel}/summary.csv`;
}

function zonesOf(kernel: string, laboratory: Laboratory): Setting[] {
  return laboratory.rows(fileOf(kernel)).map((row) => {
    const { mem, smp, variant, zone } = row;
    const moment = variant === BOOT ? 'boot' : variant;
    return {
      kernel,
      name: [mem, counted(Number(smp), 'CPU'), moment, zone].join(', '),
      quantities: () => quantities(row, machineOf(row, kernel, laboratory)),
    };
  });
}

function machineOf(row: Row, name: string, laboratory: Laboratory): MachineReport {
  const sysctl = {
    min_free_kbytes: Number(row['min_free_kbytes']),
    watermark_scale_factor: Number(row['watermark_scale_factor']),
  };
  const written = row['variant'] === BOOT ? {} : { sysctl };
  const settings = { cpus: Number(row['smp']), ...written };
  return queryMachine({ memoryBytes: bytes(row['mem']!) }, settings, laboratory.kernel(name));
}

function quantities(row: Row, machine: MachineReport) {
  const zone = machine.zones.find(({ name }) => name === row['zone']);
  const field = (name: string, simulated: number | undefined) =>
    exact(name, Number(row[name]), simulated ?? 'no such zone');
  const protection = `(${row['protection']!.split(' ').join(', ')})`;
  return [
    ...FIELDS.map((name) => field(name, zone?.[name])),
    exact('protection', protection, `(${zone?.protection.join(', ')})`),
    exact('pcp high', Number(row['pcp_high']), zone?.pcp.high ?? 'none'),
    exact('pcp batch', Number(row['pcp_batch']), zone?.pcp.batch ?? 'none'),
    ...(row['boost'] === undefined ? [] : [field('boost', zone?.boost)]),
    ...(row['variant'] === BOOT ? [field('min_free_kbytes', machine.minFreeKbytes)] : []),
  ];
}

function bytes(size: string): number {
  return Number(size.slice(0, -1)) * (size.endsWith('G') ? 2 ** 30 : 2 ** 20);
}
