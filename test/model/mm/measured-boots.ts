import { readFileSync } from 'node:fs';

/** One zone of one measured machine: what /proc/zoneinfo and the sysctls said. */
export interface MeasuredZone {
  readonly zone: string;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly protection: readonly number[];
  readonly pcpHigh: number;
  readonly pcpBatch: number;
}

/** One zoneinfo: a boot, or the state after a run-time write of sysctls. */
export interface MeasuredMachine {
  readonly memoryBytes: number;
  readonly cpus: number;
  /** `base` for a boot, else the sysctls that were written. */
  readonly variant: string;
  readonly minFreeKbytes: number;
  readonly watermarkScaleFactor: number;
  readonly zones: readonly MeasuredZone[];
}

/** Totals of one boot, kB. */
export interface MeasuredBoot {
  readonly name: string;
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly managedKbytes: number;
  readonly bootManagedKbytes: number;
  readonly minFreeKbytes: number;
}

const FIXTURES = new URL('../../fixtures/e1/', import.meta.url);

type Row = Readonly<Record<string, string>>;

/** All measured machines of a kernel, in the order of the file. */
export function measuredMachines(kernel: string): MeasuredMachine[] {
  const machines = new Map<string, { first: Row; zones: MeasuredZone[] }>();
  for (const row of rows(`${kernel}/summary.csv`)) {
    const key = `${row['mem']}-${row['smp']}-${row['variant']}`;
    const machine = machines.get(key) ?? { first: row, zones: [] };
    machine.zones.push(zoneOf(row));
    machines.set(key, machine);
  }
  return [...machines.values()].map(({ first, zones }) => ({
    memoryBytes: bytes(first['mem']!),
    cpus: Number(first['smp']),
    variant: first['variant']!,
    minFreeKbytes: Number(first['min_free_kbytes']),
    watermarkScaleFactor: Number(first['watermark_scale_factor']),
    zones,
  }));
}

/** All measured boots of a kernel, more sizes than have a zoneinfo. */
export function measuredBoots(kernel: string): MeasuredBoot[] {
  return rows(`${kernel}/boot_pages.csv`).map((row) => {
    const [memory, cpus] = row['mem']!.replace('mem-', '').split('-smp');
    const managed = Number(row['managed_kB_final'] ?? row['managed_final_kB']);
    const freed = Number(row['freed_after_kB'] ?? row['freed_after_watermark_init_kB']);
    return {
      name: row['mem']!,
      memoryBytes: bytes(memory!),
      cpus: Number(row['smp'] ?? cpus ?? 1),
      managedKbytes: managed,
      bootManagedKbytes: managed - freed,
      minFreeKbytes: Number(row['min_free_kbytes'] ?? row['min_free_kbytes_measured']),
    };
  });
}

function rows(file: string): Row[] {
  const [header, ...lines] = readFileSync(new URL(file, FIXTURES), 'utf8').trim().split('\n');
  const names = header!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, cells[index]!]));
  });
}

function zoneOf(row: Row): MeasuredZone {
  const number = (name: string) => Number(row[name]);
  return {
    zone: row['zone']!,
    spanned: number('spanned'),
    present: number('present'),
    managed: number('managed'),
    min: number('min'),
    low: number('low'),
    high: number('high'),
    protection: row['protection']!.split(' ').map(Number),
    pcpHigh: number('pcp_high'),
    pcpBatch: number('pcp_batch'),
  };
}

function bytes(size: string): number {
  return Number(size.slice(0, -1)) * (size.endsWith('G') ? 2 ** 30 : 2 ** 20);
}
