import type * as z from 'zod';
import { openJsonSchema } from '../../experiment/results-schema.ts';
import { FIDELITY_OUTPUT } from './fidelity-output.ts';
import { IMPORT_OUTPUT } from './import-output.ts';
import { LIST_OUTPUT } from './list-output.ts';
import { MACHINE_OUTPUT } from './machine-output.ts';
import { DECIDE_OUTPUT, GFP_OUTPUT } from './request-outputs.ts';
import { BENCH_OUTPUT, PLAN_OUTPUT, REPLAY_OUTPUT, SHOW_OUTPUT } from './run-outputs.ts';
import {
  BASELINE_OUTPUT,
  DOCTOR_OUTPUT,
  EXPLAIN_OUTPUT,
  VALIDATE_OUTPUT,
} from './upkeep-outputs.ts';

/** What `--format json` writes, by the command that writes it; those with a report share one. */
export const OUTPUTS = {
  baseline: BASELINE_OUTPUT,
  bench: BENCH_OUTPUT,
  decide: DECIDE_OUTPUT,
  doctor: DOCTOR_OUTPUT,
  explain: EXPLAIN_OUTPUT,
  fidelity: FIDELITY_OUTPUT,
  gfp: GFP_OUTPUT,
  import: IMPORT_OUTPUT,
  list: LIST_OUTPUT,
  machine: MACHINE_OUTPUT,
  plan: PLAN_OUTPUT,
  replay: REPLAY_OUTPUT,
  show: SHOW_OUTPUT,
  validate: VALIDATE_OUTPUT,
} as const satisfies Readonly<Record<string, z.ZodType>>;

export type OutputName = keyof typeof OUTPUTS;

export function outputJsonSchema(name: OutputName): Record<string, unknown> {
  return openJsonSchema(OUTPUTS[name].meta({ title: `gfpsim ${name}: --format json` }));
}
