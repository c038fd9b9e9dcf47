import * as z from 'zod';
import type { Catalog } from '../base/catalog.ts';
import { type InputPosition, UserError } from '../base/user-error.ts';
import { checkAnswer } from './answer-template.ts';
import type { Catalogs } from './catalogs.ts';
import { checkClaim } from './check-claim.ts';
import { type TextFiles, withFileTexts } from './load-files.ts';
import { schemaFault } from './load-issues.ts';
import { locate, type Path, type Places } from './load-places.ts';
import { resolveFault } from './resolve-fault.ts';
import { kernelOf } from './resolve-kernel.ts';
import { scenarioVariants } from './resolve-variants.ts';
import type { Scenario } from './scenario.ts';

type PositionOf = (path: Path) => InputPosition;

/** What the names of a scenario may stand for. */
interface Known {
  readonly catalogs: Catalogs;
  readonly files: TextFiles;
}

/**
 * Checks what the schema cannot: that every name is known, each workload's own parameters, and
 * what belongs together. Returns the scenario with the workloads' parameters as they read them,
 * and the texts of the files that those name.
 */
export function checkNames(
  scenario: Scenario,
  { catalogs, files }: Known,
  places: Places,
  at: PositionOf,
): Scenario {
  locate(at(['kernel']), () => catalogs.kernels.get(scenario.kernel));
  const kernel = locate(at(['flags', ...Object.keys(scenario.flags)]), () =>
    kernelOf(scenario, catalogs),
  );
  const variants = scenarioVariants(scenario, catalogs, kernel, (section, name) =>
    at([section, name]),
  );
  checkList(scenario.variants, variants, 'variant', (index) => at(['variants', index]));
  checkList(scenario.metrics ?? [], catalogs.metrics, 'metric', (index) => at(['metrics', index]));
  for (const capability of ['failslab', 'fail_page_alloc'] as const) {
    const only = { [capability]: scenario.fault[capability] };
    locate(at(['fault', capability]), () => resolveFault(only, kernel));
  }
  for (const [index, demand] of scenario.expect.entries()) {
    const here = (path: Path) => at(['expect', index, ...path]);
    checkClaim(demand, scenario.variants, catalogs, here);
  }
  locate(at(['answer']), () => checkAnswer(scenario));
  checkMachine(scenario, at);
  const load = scenario.load.map((entry, index) => {
    const workload = locate(at(['load', index, 'workload']), () =>
      catalogs.workloads.get(entry.workload),
    );
    const parsed = workload.parameters.safeParse(entry.params);
    if (parsed.success) {
      const checked = { ...entry, params: plainParams(parsed.data) };
      const here = (parameter: string) => at(['load', index, 'params', parameter]);
      return withFileTexts(checked, workload, { files, kernel, at: here });
    }
    throw schemaFault(parsed.error.issues, {
      places,
      value: entry.params,
      schema: z.toJSONSchema(workload.parameters, { io: 'input', unrepresentable: 'any' }),
      under: ['load', index, 'params'],
    });
  });
  return { ...scenario, load };
}

function checkList(
  names: readonly string[],
  catalog: Catalog<{ readonly name: string; readonly summary: string }>,
  what: string,
  at: (index: number) => InputPosition,
): void {
  names.forEach((name, index) => {
    locate(at(index), () => catalog.get(name));
    if (names.indexOf(name) !== index) {
      throw new UserError(`the ${what} '${name}' stands twice`, { at: at(index) });
    }
  });
}

/** The machine comes from one source. */
function checkMachine(scenario: Scenario, at: PositionOf): void {
  const { memory, procfs, zones, swap, zram } = scenario.machine;
  if (memory !== undefined && procfs !== undefined) {
    throw new UserError('machine.memory and machine.procfs are both given', {
      at: at(['machine', 'memory']),
      expected: 'one of them',
      hint: 'an empty value (memory:) takes an inherited one away',
    });
  }
  if (memory === undefined && procfs === undefined && zones === undefined) {
    throw new UserError('the machine has no memory', {
      at: at(['machine']),
      expected: 'machine.memory, machine.procfs or machine.zones',
    });
  }
  if (swap !== undefined && zram !== undefined) {
    throw new UserError('machine.swap and machine.zram are both given', {
      at: at(['machine', 'zram']),
      expected: 'one of them, for there is one swap area',
      hint: 'an empty value (swap:) takes an inherited one away',
    });
  }
}

function plainParams(data: unknown): Record<string, unknown> {
  return typeof data === 'object' && data !== null ? { ...data } : {};
}
