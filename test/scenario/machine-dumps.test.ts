import { describe, expect, it } from 'vitest';
import k417 from '../../src/kernel/profiles/4.17.ts';
import k61 from '../../src/kernel/profiles/6.1.ts';
import { importProcfs, importZoneinfo } from '../../src/scenario/import/procfs-snapshot.ts';
import { type MachineReport, queryMachine } from '../../src/scenario/machine-query.ts';
import { type MeasuredMachine, measuredMachines } from '../model/mm/measured-boots.ts';
import { zoneinfoText } from './import/synthetic-dump.ts';

// Every measured machine, given as the dump that it printed: does gfpsim compute what the dump
// reports, and from the dump of a boot what every run-time write then gave?

function dump(machine: MeasuredMachine): string {
  const zones = machine.zones.map((zone) => ({
    ...zone,
    name: zone.zone,
    pcp: { high: zone.pcpHigh, batch: zone.pcpBatch },
  }));
  return zoneinfoText(zones, machine.cpus);
}

function sysctlFiles(machine: MeasuredMachine): Readonly<Record<string, string>> {
  return {
    zoneinfo: dump(machine),
    'sys/vm/min_free_kbytes': `${machine.minFreeKbytes}\n`,
    'sys/vm/watermark_scale_factor': `${machine.watermarkScaleFactor}\n`,
    'sys/vm/lowmem_reserve_ratio': '256\t256\t32\t0\n',
  };
}

/** What the kernel computes, as the measured table has it. */
function computed(report: MachineReport) {
  return report.zones.map(({ name, managed, min, low, high, protection, pcp }) => ({
    zone: name,
    managed,
    min,
    low,
    high,
    protection,
    pcpHigh: pcp.high,
    pcpBatch: pcp.batch,
  }));
}

function measured(machine: MeasuredMachine) {
  return machine.zones.map(({ spanned: _, present: __, ...zone }) => zone);
}

const KERNELS = [
  { kernel: k417, boots: 10, writes: 36 },
  { kernel: k61, boots: 12, writes: 56 },
];

describe.each(KERNELS)('dumps of $kernel.name', ({ kernel, boots, writes }) => {
  const machines = measuredMachines(kernel.name);
  const booted = machines.filter(({ variant }) => variant === 'base');
  const written = machines.filter(({ variant }) => variant !== 'base');

  it('are as many as were measured', () => {
    expect([booted.length, written.length]).toEqual([boots, writes]);
  });

  it.each(machines)('$memoryBytes bytes, $cpus CPUs, $variant: zoneinfo alone', (machine) => {
    const snapshot = importZoneinfo(dump(machine), 'zoneinfo');
    const report = queryMachine({ snapshot }, {}, kernel);
    expect(report.differences).toEqual([]);
    expect(computed(report)).toEqual(measured(machine));
    // Rounding hides less than a page a zone, so that the marks leave one page open.
    const missed = Math.floor(report.minFreeKbytes / 4) - Math.floor(machine.minFreeKbytes / 4);
    expect(Math.abs(missed)).toBeLessThanOrEqual(1);
  });

  it.each(machines)('$memoryBytes bytes, $cpus CPUs, $variant: with its sysctls', (machine) => {
    const files = sysctlFiles(machine);
    const snapshot = importProcfs((name) => files[name], 'dir');
    const report = queryMachine({ snapshot }, {}, kernel);
    expect(report.differences).toEqual([]);
    expect(computed(report)).toEqual(measured(machine));
    expect(report.minFreeKbytes).toBe(machine.minFreeKbytes);
  });

  it.each(written)('foretell $variant on $memoryBytes bytes from its boot', (machine) => {
    const boot = booted.find(
      ({ memoryBytes, cpus }) => memoryBytes === machine.memoryBytes && cpus === machine.cpus,
    )!;
    const { minFreeKbytes, watermarkScaleFactor } = machine;
    const isWritten = machine.variant.startsWith('mfk');
    const sysctl = {
      ...(isWritten ? { min_free_kbytes: minFreeKbytes } : {}),
      watermark_scale_factor: watermarkScaleFactor,
    };
    const snapshot = importZoneinfo(dump(boot), 'zoneinfo');
    const report = queryMachine({ snapshot }, { sysctl }, kernel);
    expect(computed(report)).toEqual(measured(machine));
  });
});
