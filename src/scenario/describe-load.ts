import { formatBytes, formatDuration } from '../base/units.ts';
import { parameterNotes } from '../workload/parameter-notes.ts';
import type { Catalogs } from './catalogs.ts';
import type { Scenario } from './scenario.ts';

/** The load and its machine in a line: "drain (size 256, gfp GFP_ATOMIC); 128MiB". */
export function describeLoad(scenario: Scenario, catalogs: Catalogs): string {
  const loads = scenario.load.map(({ workload, count, params, files }) => {
    const notes = parameterNotes(catalogs.workloads.get(workload));
    const told = Object.entries({ ...params, ...files })
      .filter(([, value]) => typeof value === 'string' || isPlainCount(value))
      .map(([name, value]) => {
        const unit = notes.find((note) => note.name === name)?.unit ?? '';
        return `${name} ${withUnit(value as string | number, unit)}`;
      });
    const times = count === 1 ? '' : `${count} × `;
    return `${times}${workload}${told.length === 0 ? '' : ` (${told.join(', ')})`}`;
  });
  return [loads.join(' + '), describeMachine(scenario), ...describeFaults(scenario)].join('; ');
}

function describeMachine({ machine, snapshot }: Scenario): string {
  if (machine.memory !== undefined) return formatBytes(machine.memory);
  const source = snapshot?.source;
  return source === undefined ? 'zones by hand' : source.slice(source.lastIndexOf('/') + 1);
}

function describeFaults({ fault }: Scenario): string[] {
  const faults: string[] = [];
  for (const capability of ['failslab', 'fail_page_alloc'] as const) {
    const knobs = fault[capability];
    if (knobs === undefined) continue;
    if (typeof knobs === 'string') faults.push(`${capability}=${knobs}`);
    else faults.push(`${capability} ${knobs.probability ?? 0} %${every(knobs.interval)}`);
  }
  return faults;
}

function every(interval = 1): string {
  return interval === 1 ? '' : ` at interval ${interval}`;
}

function withUnit(value: string | number, unit: string): string {
  if (typeof value === 'string') return value;
  return unit === 'ns' ? formatDuration(value) : `${value}${unit === '' ? '' : ` ${unit}`}`;
}

/** No limit and no time are what nobody asks about. */
function isPlainCount(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY;
}
