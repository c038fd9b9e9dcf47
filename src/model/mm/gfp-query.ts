import { UserError } from '../../base/user-error.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { type KmemleakConfig, ZONE_NAMES } from '../machine-config.ts';
import { TaskContext } from '../sched/task-context.ts';
import {
  allocFlagNames,
  type Fraction,
  reserveFlags,
  reserveFraction,
  retryAllocFlags,
  slowPathAllocFlags,
} from './alloc-flags.ts';
import {
  formatGfp,
  gfpFlags,
  gfpZoneIndex,
  hex,
  isBlockable,
  migratetypeOf,
  type ReadGfp,
  readGfp,
  slowPathGfp,
  unknownBits,
  wakesKswapd,
} from './gfp.ts';
import { type Injectable, type InjectionSetting, injectable } from './gfp-query-injection.ts';
import { lockdepWarnings, type MaskWarning, maskWarnings } from './gfp-query-warnings.ts';

type Variant = KmemleakConfig['variant'];

/** What a mask means and what it may do, in words and numbers that scripts can read. */
export interface GfpAnswer {
  /** As hex. */
  readonly value: string;
  /** Single flags, lowest bit first. */
  readonly flags: readonly string[];
  /** As the kernel prints it; empty for 0. */
  readonly text: string;
  readonly unknownBits: string;
  /** The highest zone it may use, as zoneinfo spells it, or 'invalid'. */
  readonly zone: string;
  /** As pagetypeinfo spells it, or 'invalid'. */
  readonly migratetype: string;
  readonly blockable: boolean;
  readonly wakesKswapd: boolean;
  /** Of a walk in the slow path, reserves of the task or of the mask included. */
  readonly allocFlags: readonly string[];
  /** Refused unless more free pages are left than this share of the zone's min. */
  readonly reserve: Fraction;
  readonly injectable: Injectable;
  readonly warnings: readonly MaskWarning[];
}

export interface GfpReport extends GfpAnswer {
  readonly schemaVersion: 1;
  readonly kernel: string;
  readonly order: number;
  /** With a variant: its name, and the mask of each try for this caller's metadata. */
  readonly variant?: string;
  readonly metadata?: readonly GfpAnswer[];
}

/** The request's circumstances; without any, an ordinary task asks for one page. */
export interface GfpQueryOptions {
  readonly order?: number;
  readonly context?: TaskContext;
  readonly variant?: Variant;
  /** CONFIG_FAULT_INJECTION, which some variants look at; on unless told. */
  readonly faultInjection?: boolean;
}

const MIGRATETYPE_NAMES = ['Unmovable', 'Movable', 'Reclaimable', 'invalid'] as const;

/**
 * Everything that a mask decides by itself: the answer of `gfpsim gfp`.
 *
 * **Models:** what the other files of this room model, put together for one request.
 * **Departs:** without knowing a machine, the zone is the highest that the mask allows, and the
 * reserve a share of a min watermark without boost.
 *
 * @param input the mask, or its text: a number, flags, or a piece of a kernel log
 */
export function queryGfp(
  input: Gfp | string,
  kernel: KernelProfile,
  options: GfpQueryOptions = {},
): GfpReport {
  const query = new GfpQuery(kernel, options);
  const read = typeof input === 'string' ? query.read(input) : { value: input, notes: [] };
  const answer = query.answer(read.value);
  const report: GfpReport = {
    schemaVersion: 1,
    kernel: kernel.name,
    order: query.order,
    ...answer,
    warnings: [...read.notes, ...answer.warnings],
  };
  if (options.variant === undefined) return report;
  return { ...report, variant: options.variant.name, metadata: query.metadata(read.value) };
}

class GfpQuery {
  readonly order: number;
  readonly #kernel: KernelProfile;
  readonly #context: TaskContext;
  readonly #variant: Variant | undefined;
  readonly #setting: InjectionSetting;
  readonly #faultInjection: boolean;

  constructor(kernel: KernelProfile, options: GfpQueryOptions) {
    this.order = checkedOrder(options.order ?? 0, kernel);
    this.#kernel = kernel;
    this.#context = options.context ?? new TaskContext();
    this.#variant = options.variant;
    this.#faultInjection = options.faultInjection ?? true;
    this.#setting = {
      order: this.order,
      newFlag: options.variant?.newFlag?.(kernel) ?? kernel.newFlag ?? null,
      sparedFromSlab: false,
      sparedFromPages: false,
    };
  }

  read(text: string): ReadGfp {
    const flag = this.#setting.newFlag;
    return readGfp(text, this.#kernel, flag === null ? [] : [flag]);
  }

  answer(gfp: Gfp, setting: InjectionSetting = this.#setting): GfpAnswer {
    const kernel = this.#kernel;
    const flags = this.#allocFlags(gfp);
    return {
      value: hex(gfp),
      flags: gfpFlags(gfp, kernel),
      text: formatGfp(gfp, kernel),
      unknownBits: hex(unknownBits(gfp, kernel)),
      zone: ZONE_NAMES[gfpZoneIndex(gfp, kernel)] ?? 'invalid',
      migratetype: MIGRATETYPE_NAMES[migratetypeOf(gfp)]!,
      blockable: isBlockable(gfp, kernel),
      wakesKswapd: wakesKswapd(gfp, kernel),
      allocFlags: allocFlagNames(flags, kernel),
      reserve: reserveFraction(flags, kernel),
      injectable: injectable(gfp, kernel, setting),
      warnings: maskWarnings(gfp, kernel, { ...setting, context: this.#context }),
    };
  }

  /** The tries for the metadata of what this caller asked for. */
  metadata(caller: Gfp): GfpAnswer[] {
    const variant = this.#variant;
    if (variant === undefined) return [];
    const context = {
      atomic: this.#context.mustNotSleep,
      faultInjection: this.#faultInjection,
    };
    const inScope = variant.injection.endsWith('-scope');
    const setting = {
      ...this.#setting,
      sparedFromSlab: inScope || variant.injection === 'cache-flag',
      sparedFromPages: inScope,
    };
    return variant.attempts(caller, context, this.#kernel).map((mask) => {
      const answer = this.answer(mask, setting);
      const lost = lockdepWarnings(caller, mask, this.#kernel);
      return { ...answer, warnings: [...answer.warnings, ...lost] };
    });
  }

  #allocFlags(gfp: Gfp): number {
    const kernel = this.#kernel;
    const asked = slowPathGfp(gfp, kernel);
    const flags = slowPathAllocFlags(asked, this.order, kernel, this.#context);
    return retryAllocFlags(flags, reserveFlags(asked, kernel, this.#context), kernel);
  }
}

function checkedOrder(order: number, kernel: KernelProfile): number {
  if (Number.isInteger(order) && order >= 0 && order <= kernel.maxOrder) return order;
  throw new UserError(`order ${order}`, {
    expected: `a whole number from 0 to ${kernel.maxOrder}`,
  });
}
