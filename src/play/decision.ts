import { type DecideReport, queryDecide } from '../model/decide-query.ts';
import type { ZoneConfig } from '../model/machine-config.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import type { ScenarioFiles } from '../scenario/load.ts';
import { resolveScenario, variantsOf } from '../scenario/resolve.ts';
import { gfpClassOf } from '../workload/parameter-fields.ts';
import { type PlayState, withChange } from './play-state.ts';
import { loadState } from './scenario-text.ts';

/** Whose request is followed, and what is free when it comes. */
export interface DecisionQuestion {
  /** Mask of the caller, as text. */
  readonly caller: string;
  /** The proposal whose metadata request it is; empty: the caller's own request for a page. */
  readonly variant: string;
  /** Pages by zone. */
  readonly free: Readonly<Record<string, number>>;
}

export interface Decision {
  readonly report: DecideReport;
  readonly zones: readonly ZoneConfig[];
}

/** One request on the state's machine, by the very code that the runs use. */
export function decide(
  question: DecisionQuestion,
  state: PlayState,
  { files, catalogs }: { readonly files: ScenarioFiles; readonly catalogs: Catalogs },
): Decision {
  const free = Object.entries(question.free).map(([zone, pages]) => `${zone}: ${pages}`);
  const drained = withChange(state, 'machine.free', `{${free.join(', ')}}`);
  const { scenario } = loadState(withChange(drained, 'machine.pcp', '0'), files, catalogs);
  const { config } = resolveScenario(scenario, catalogs);
  const { kernel, cpus, pageblockOrder, watermarkBoostFactor, zones } = config;
  const caller = gfpClassOf(question.caller, false, kernel).gfp;
  const variant = variantsOf(scenario, catalogs).find(({ name }) => name === question.variant);
  // Who may not wait is taken to stand in atomic context, as most of them do.
  const atomic = (caller & kernel.gfp.bits.DIRECT_RECLAIM) === 0;
  const context = { atomic, faultInjection: config.fault.builtIn ?? true };
  const gfp = variant === undefined ? caller : (variant.attempts(caller, context, kernel)[0] ?? 0);
  const report = queryDecide({
    ...{ kernel, gfp, cpus, pageblockOrder, watermarkBoostFactor, zones },
    order: 0,
    // Without slabs in the machine the object needs a new one: that is when it can fail.
    ...(variant === undefined ? {} : { object: { cache: 'kmemleak_object' } }),
  });
  return { report, zones };
}
