import { TERMINAL_WIDTH } from '../../base/fold-line.ts';
import { alignTable, wrap } from '../../report/table.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { type CommandOutput, reportOutput } from '../command.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { churnLoads, drainLoads } from './bench-loads.ts';
import { firstRunOf, runSpeed, scenarioOf } from './run-speed.ts';

/** How fast the runs of one load are. */
export interface BenchRow {
  readonly load: string;
  readonly kernel: string;
  readonly variant: string;
  readonly requests: number;
  readonly metadata: number;
  readonly events: number;
  /** CPU time of a run, ns: the fastest of all rounds. */
  readonly cpuNs: number;
}

export interface BenchLoad {
  readonly name: string;
  readonly scenario: Scenario;
}

const CHURN_REQUESTS = 500_000;
const DRAINED = '512MiB';

/** Without any scenario: mixed allocations and frees, and one size down to the last page. */
export function ownLoads(catalogs: Catalogs): BenchLoad[] {
  return [...churnLoads(CHURN_REQUESTS), ...drainLoads(DRAINED)].map(({ name, scenario }) => {
    return { name, scenario: scenarioOf(scenario, catalogs) };
  });
}

export function benchOutput(
  loads: readonly BenchLoad[],
  how: { readonly catalogs: Catalogs; readonly rounds: number },
  terminal: Terminal,
): CommandOutput {
  const rows = loads.map(({ name, scenario }, i): BenchRow => {
    terminal.progress(`${i + 1}/${loads.length} loads: ${name}`);
    const speed = runSpeed(firstRunOf(scenario, how.catalogs), how.rounds);
    const { requests, metadata, events, ns } = speed;
    const [variant] = scenario.variants as [string];
    const { kernel } = scenario;
    return { load: name, kernel, variant, requests, metadata, events, cpuNs: ns };
  });
  const said = { schemaVersion: 1 as const, rounds: how.rounds, loads: rows };
  return reportOutput(said, () => benchText(rows).join('\n'));
}

function benchText(rows: readonly BenchRow[]): string[] {
  const header = ['load', 'kernel', 'ms a run', 'requests/s', 'with metadata/s', 'events/s'];
  const cells = rows.map(({ load, kernel, requests, metadata, events, cpuNs }) => {
    const rate = (count: number) => `${((count / cpuNs) * 1000).toFixed(2)} M`;
    const ms = (cpuNs / 1e6).toFixed(1);
    return [load, kernel, ms, rate(requests), rate(requests + metadata), rate(events)];
  });
  const note =
    'CPU time of one core, the fastest round; requests of the callers alone, and together with ' +
    'those for their metadata. It says as much of this machine as of gfpsim: compare what one ' +
    'machine has measured, and better what it has measured by turns.';
  return [
    ...alignTable([header, ...cells], ['left', 'left', 'right', 'right', 'right', 'right']),
    '',
    ...wrap(note, TERMINAL_WIDTH),
  ];
}
