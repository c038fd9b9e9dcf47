import { formatBytes, formatDuration } from '../base/units.ts';
import { COST_SOURCES, DEFAULT_COSTS } from '../model/costs.ts';
import type { Costs, ZoneConfig } from '../model/machine-config.ts';
import type { Catalogs } from './catalogs.ts';
import type { LoadedScenario } from './load.ts';
import { formatPath, type Path, type Places } from './load-places.ts';
import { type ResolvedScenario, resolveScenario } from './resolve.ts';
import type { Scenario } from './scenario.ts';
import type { ExpectSection } from './schema-claims.ts';

/** One parameter of a scenario as its runs use it. */
export interface ShowRow {
  readonly path: string;
  readonly value: string | number | boolean | readonly (string | number)[];
  /** As printed; empty for names and plain counts. */
  readonly unit: string;
  /** file:line:column, --set …, a snapshot, a computation, or the default's source. */
  readonly origin: string;
}

type Value = ShowRow['value'];

/** Every resolved parameter with its unit and where it came from, in the scenario's order. */
export function showRows(loaded: LoadedScenario, catalogs: Catalogs): ShowRow[] {
  const { scenario, places } = loaded;
  const resolved = resolveScenario(scenario, catalogs);
  const rows = new Rows(places);
  rows.add(['question'], scenario.question);
  if (scenario.answer !== undefined) rows.add(['answer'], scenario.answer);
  rows.add(['kernel'], scenario.kernel);
  addMachine(rows, scenario, resolved);
  addUserSide(rows, scenario, resolved);
  addKmemleak(rows, scenario, resolved);
  addFaults(rows, resolved);
  scenario.load.forEach((entry, index) => {
    rows.add(['load', index, 'workload'], entry.workload);
    rows.add(['load', index, 'count'], entry.count, 'tasks');
    rows.add(['load', index, 'make-it-fail'], entry['make-it-fail']);
    rows.add(['load', index, 'fail-nth'], entry['fail-nth']);
    for (const [name, value] of Object.entries(entry.params)) {
      rows.add(['load', index, 'params', name], plain(entry.files?.[name] ?? value));
    }
  });
  rows.add(['variants'], scenario.variants);
  for (const [name, mask] of Object.entries(scenario.masks)) rows.add(['masks', name], mask);
  for (const [name, { from, pool, ...own }] of Object.entries(scenario.derived)) {
    const changes = [pool === undefined ? '' : `pool ${pool}`, own['on-failure'] ?? ''];
    rows.add(['derived', name], [from, ...changes.filter((change) => change !== '')].join(', '));
  }
  for (const [name, flag] of Object.entries(scenario.flags)) {
    rows.add(['flags', name], typeof flag === 'object' ? flag.value : flag);
  }
  rows.add(['seed'], scenario.seed);
  rows.add(['replications'], scenario.replications, 'runs');
  rows.add(['horizon'], formatDuration(scenario.horizon));
  if (scenario.metrics !== undefined) rows.add(['metrics'], scenario.metrics);
  for (const [index, demand] of scenario.expect.entries()) {
    rows.add(['expect', index], demandText(demand));
  }
  for (const name of Object.keys(DEFAULT_COSTS) as (keyof Costs)[]) {
    rows.add(['costs', name], resolved.config.costs[name], 'ns', COST_SOURCES[name].source);
  }
  return rows.all;
}

/** An expectation in one line. */
function demandText(demand: ExpectSection): string {
  const { metric = '', variant, of = 'runs', at, min, max, theory } = demand;
  if (demand['same-as'] !== undefined) return `${variant} runs as ${demand['same-as']} does`;
  const what = of === 'runs' ? '' : `${of}${at === undefined ? '' : ` at ${at}`} of `;
  const limits = theory === undefined ? `from ${min ?? '-inf'} to ${max ?? 'inf'}` : `${theory}`;
  return `${what}${metric} of ${variant} ${limits}`;
}

class Rows {
  readonly all: ShowRow[] = [];
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  /** `otherwise`: where the value comes from when no input says it. */
  add(path: Path, value: Value, unit = '', otherwise = 'default'): void {
    const place = this.#places.at(path)?.value;
    let origin = otherwise;
    if (place !== undefined) {
      const line = place.line === undefined ? '' : `:${place.line}:${place.column ?? 1}`;
      origin = place.file + line;
    }
    this.all.push({ path: formatPath(path), value, unit, origin });
  }
}

function addMachine(rows: Rows, scenario: Scenario, { machine }: ResolvedScenario): void {
  const section = scenario.machine;
  const source = scenario.snapshot?.source;
  const computed = source ?? 'computed as boot does';
  const made = section.sysctl === undefined ? computed : `${computed}, then the sysctl writes`;
  if (section.memory !== undefined) rows.add(['machine', 'memory'], formatBytes(section.memory));
  if (section.procfs !== undefined) rows.add(['machine', 'procfs'], section.procfs);
  rows.add(['machine', 'cpus'], machine.cpus, 'CPUs', source);
  rows.add(
    ['machine', 'base-small'],
    machine.baseSmall ? 'Y' : 'N',
    '',
    scenario.snapshot?.slabs && source,
  );
  rows.add(['machine', 'pageblock-order'], machine.pageblockOrder, 'log2 pages', source);
  for (const [name, value] of Object.entries(section.sysctl ?? {})) {
    if (value !== undefined) rows.add(['machine', 'sysctl', name], value);
  }
  for (const zone of machine.zones) addZone(rows, zone, { computed, made });
  const footprint = 'managed less a booted kernel, as measured';
  for (const { name, free } of machine.zones) {
    rows.add(['machine', 'free', name], free.pages, 'pages', source ?? footprint);
  }
  for (const { name, free } of machine.zones) {
    const pages = free.pcp.reduce((sum, count) => sum + count, 0);
    const path = section.pcp === undefined ? ['machine', 'pcp', name] : ['machine', 'pcp'];
    if (section.pcp === undefined) rows.add(path, pages, 'pages', source);
  }
  if (section.pcp !== undefined) rows.add(['machine', 'pcp'], section.pcp, 'pages');
  rows.add(['machine', 'page-cache'], machine.cleanFilePages, 'pages', source);
  rows.add(['machine', 'slab'], machine.slabs.length, 'caches', source);
}

function addUserSide(rows: Rows, scenario: Scenario, { config }: ResolvedScenario): void {
  const { hz, swap, processes, shrinkers } = config;
  rows.add(['machine', 'hz'], hz ?? 0, 'ticks/s');
  rows.add(['machine', 'lockdep'], scenario.machine.lockdep ?? false);
  const sysctls = {
    swappiness: config.swappiness ?? 0,
    dirty_background_ratio: config.dirtyRatios?.background ?? 0,
    dirty_ratio: config.dirtyRatios?.limit ?? 0,
  };
  for (const [name, value] of Object.entries(sysctls)) {
    const isWritten = scenario.machine.sysctl?.[name as keyof typeof sysctls] !== undefined;
    if (!isWritten) rows.add(['machine', 'sysctl', name], value);
  }
  const disks = [
    ['swap', swap?.disk],
    ['disk', config.disk],
  ] as const;
  const area = swap?.compressionRatio === undefined ? 'swap' : 'zram';
  if (swap !== undefined) rows.add(['machine', area, 'size'], swap.pages, 'pages');
  if (swap?.compressionRatio !== undefined) {
    rows.add(['machine', area, 'compression-ratio'], swap.compressionRatio);
  }
  for (const [name, disk] of disks) {
    if (disk === undefined) continue;
    rows.add(['machine', name, 'latency'], formatDuration(disk.latencyNs));
    rows.add(['machine', name, 'bandwidth'], disk.bytesPerSecond, 'bytes/s');
    rows.add(['machine', name, 'queue-depth'], disk.queueDepth, 'requests');
  }
  processes?.forEach(({ name, residentPages, oomScoreAdj, parent }, index) => {
    const row = (key: string) => ['machine', 'processes', index, key];
    rows.add(row('name'), name);
    rows.add(row('resident'), residentPages, 'pages');
    rows.add(row('oom-score-adj'), oomScoreAdj);
    if (parent !== undefined) rows.add(row('parent'), parent);
  });
  shrinkers?.forEach((cache, index) => {
    const row = (key: string) => ['machine', 'shrinkers', index, key];
    rows.add(row('name'), cache.name);
    rows.add(row('objects'), cache.objects);
    rows.add(row('object-size'), cache.objectBytes, 'bytes');
    rows.add(row('seeks'), cache.seeks);
    rows.add(row('pinned'), cache.pinnedPercent, '%');
  });
}

function addZone(
  rows: Rows,
  zone: ZoneConfig,
  from: { readonly computed: string; readonly made: string },
): void {
  const path = (name: string) => ['machine', 'zones', zone.name, name];
  const { computed, made } = from;
  for (const name of ['spanned', 'present', 'managed'] as const) {
    rows.add(path(name), zone[name], 'pages', computed);
  }
  rows.add(path('start-pfn'), zone.startPfn, 'pfn', computed);
  const { min, low, high, promo } = zone.watermarks;
  rows.add(path('min'), min, 'pages', made);
  rows.add(path('low'), low, 'pages', made);
  rows.add(path('high'), high, 'pages', made);
  if (promo !== undefined) rows.add(path('promo'), promo, 'pages', made);
  rows.add(path('boost'), zone.boost, 'pages', made);
  rows.add(path('lowmem_reserve'), zone.lowmemReserve, 'pages', made);
  rows.add(path('pcp-batch'), zone.pcp.batch, 'pages', made);
  rows.add(path('pcp-high'), zone.pcp.high, 'pages', made);
}

function addKmemleak(rows: Rows, scenario: Scenario, { kmemleak }: ResolvedScenario): void {
  const path = (name: string) => ['kmemleak', name];
  rows.add(path('enabled'), kmemleak.enabled);
  if (scenario.kmemleak.pool !== undefined) {
    rows.add(path('pool'), scenario.kmemleak.pool, 'objects');
  }
  rows.add(path('pool-free'), kmemleak.poolFree, 'objects', 'as measured after boot');
  rows.add(path('grace-period'), formatDuration(kmemleak.gracePeriodNs));
  rows.add(path('stack-depot'), kmemleak.stackDepotEnabled);
  rows.add(path('preempt-count'), kmemleak.preemptCount ?? true);
  for (const [name, value] of Object.entries(scenario.kmemleak.early ?? {})) {
    if (value !== undefined) rows.add(['kmemleak', 'early', name], value);
  }
  const { auto, first, period } = scenario.kmemleak.scan;
  rows.add(['kmemleak', 'scan', 'auto'], auto);
  rows.add(['kmemleak', 'scan', 'first'], formatDuration(first));
  rows.add(['kmemleak', 'scan', 'period'], formatDuration(period));
  for (const [name, value] of Object.entries(scenario.kmemleak['new-flag'] ?? {})) {
    if (value !== undefined) rows.add(['kmemleak', 'new-flag', name], value);
  }
}

/** Knobs by their debugfs names. */
function addFaults(rows: Rows, { config }: ResolvedScenario): void {
  const { failslab, failPageAlloc } = config.fault;
  const sections = [
    ['failslab', failslab, 'bytes'],
    ['fail_page_alloc', failPageAlloc, 'pages'],
  ] as const;
  for (const [capability, knobs, spaceUnit] of sections) {
    for (const [name, value] of Object.entries(knobs)) {
      const knob = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const unit = name === 'probability' ? '%' : name === 'space' ? spaceUnit : '';
      rows.add(['fault', capability, knob], value, unit, 'kernel default');
    }
  }
}

function plain(value: unknown): Value {
  if (value === Number.POSITIVE_INFINITY) return 'unlimited';
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
