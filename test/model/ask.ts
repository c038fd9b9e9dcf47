import { expect } from 'vitest';
import type { KernelProfile } from '../../src/kernel/kernel-profile.ts';
import {
  type DecideContext,
  type DecideReport,
  queryDecide,
} from '../../src/model/decide-query.ts';
import type { FreeState, ZoneConfig } from '../../src/model/machine-config.ts';
import { parseGfp } from '../../src/model/mm/gfp.ts';
import { zoneX } from './machines.ts';

// One question to `decide` about zone X of the exam cases.

export interface Ask {
  readonly kernel: KernelProfile;
  readonly gfp: string;
  readonly free: number;
  readonly order?: number;
  readonly context?: DecideContext;
  /** As the kernel's check counts them. */
  readonly highatomic?: number;
  readonly zone?: Partial<ZoneConfig>;
  readonly state?: Partial<FreeState>;
  readonly cleanFilePages?: number;
}

export function ask(input: Ask): DecideReport {
  const zone = { ...zoneX({ pages: input.free, ...input.state }), ...input.zone };
  return askZones([zone], input);
}

export function askZones(zones: readonly ZoneConfig[], input: Omit<Ask, 'free'>): DecideReport {
  const { kernel, highatomic } = input;
  return queryDecide({
    kernel,
    gfp: parseGfp(input.gfp, kernel),
    order: input.order ?? 0,
    zones,
    pageblockOrder: 9,
    cpus: 1,
    watermarkBoostFactor: kernel.rules.watermarkBoostFactor,
    ...(highatomic === undefined ? {} : { highatomic: { Normal: highatomic } }),
    context: input.context ?? {},
    cleanFilePages: input.cleanFilePages ?? 0,
  });
}

/** Whether the walk of this step took a page. */
export function passesAt(report: DecideReport, step: string): boolean {
  return report.steps.some((line) => line.step === step && line.note.startsWith('takes'));
}

/** A page, and neither by reclaim nor as a last resort. */
export function passesAtOnce(report: DecideReport): boolean {
  return passesAt(report, 'fast path') || passesAt(report, 'S4');
}

/** Refused at one page less than `needed`, allowed at it; GFP_* blocking requests by their S4. */
export function expectNeeds(needed: number, input: Omit<Ask, 'free'>): void {
  const name = `${input.kernel.name} ${input.gfp}`;
  const below = ask({ ...input, free: needed - 1 });
  expect(passesAtOnce(below), `${name} below`).toBe(false);
  expect(passesAtOnce(ask({ ...input, free: needed })), `${name} at`).toBe(true);
  const check = below.steps.find(({ step, zone }) => step === 'S4' && zone !== undefined);
  expect(check, name).toMatchObject({ free: needed - 1, needed, passed: false });
}

export function warningIds(report: DecideReport): string[] {
  return report.warnings.map(({ id }) => id);
}
