import { isTreeMap } from '../scenario/load-merge.ts';
import type { TreeMap } from '../scenario/load-yaml.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { catalogs } from './bundle.ts';
import { h } from './dom.ts';
import { type FieldEvents, fieldId, fieldView } from './field-view.ts';
import {
  type Field,
  faultFields,
  loadFields,
  MACHINE_FIELDS,
  MEMORY_FIELD,
  RUN_FIELDS,
  swapField,
} from './fields.ts';
import { textOf, valueAt } from './written-tree.ts';

/** What the controls show, and whom they tell of a change. */
export interface ControlInput {
  readonly scenario: Scenario;
  /** As it is written: what is not there is a default. */
  readonly tree: TreeMap;
  readonly machines: readonly string[];
  readonly events: ControlEvents;
}

export interface ControlEvents extends FieldEvents {
  /** Several at once, for choices that replace each other. */
  changeAll(changes: Readonly<Record<string, string>>): void;
}

const SHOWN_PARAMETERS = 4;

/** The whole form, a group a part of the scenario. */
export function controls(input: ControlInput): HTMLElement[] {
  return [
    group('Machine', ...machineControls(input)),
    group('Load', ...input.scenario.load.flatMap((_, index) => loadControls(input, index))),
    group('Injected faults', ...faultControls(input)),
    group('Runs', ...RUN_FIELDS.map((field) => view(input, field))),
  ];
}

function group(title: string, ...children: readonly Node[]): HTMLElement {
  return h('fieldset', {}, h('legend', {}, title), ...children);
}

function view({ tree, events }: ControlInput, field: Field): HTMLElement {
  return fieldView(field, textOf(valueAt(tree, field.path)), events);
}

function machineControls(input: ControlInput): HTMLElement[] {
  const { tree, events, machines } = input;
  const procfs = textOf(valueAt(tree, 'machine.procfs'));
  const isPlain = procfs === '';
  const kinds = [['', 'a PC of any size'], ...machines.map((path) => [path, measured(path)])];
  const source = choice('machine.procfs', 'Machine', kinds, procfs, (path) => {
    const free = { 'machine.free': '', 'machine.pcp': '' };
    if (path === '') {
      events.changeAll({ ...free, 'machine.procfs': '', 'machine.memory': '128MiB' });
      return;
    }
    const kernel = path.slice(path.lastIndexOf('-') + 1);
    const own = catalogs.kernels.has(kernel) ? { kernel } : {};
    const none = { 'machine.memory': '', 'machine.cpus': '', 'machine.sysctl': '' };
    events.changeAll({ ...free, ...none, 'machine.procfs': path, ...own });
  });
  const kernels = catalogs.kernels.all().map(({ name }) => [name, `Linux ${name}`]);
  const kernel = choice('kernel', 'Kernel', kernels, input.scenario.kernel, (name) =>
    events.change('kernel', name),
  );
  return [
    source,
    ...(isPlain ? [view(input, MEMORY_FIELD)] : []),
    kernel,
    ...MACHINE_FIELDS.map((field) => view(input, field)),
    ...swapControls(input),
  ];
}

function measured(path: string): string {
  return `measured: ${path.slice(path.lastIndexOf('/') + 1)}`;
}

function swapControls(input: ControlInput): HTMLElement[] {
  const { tree, events } = input;
  const machine = valueAt(tree, 'machine');
  const has = (kind: string) => isTreeMap(machine) && isTreeMap(machine[kind]);
  const kind = has('swap') ? 'swap' : has('zram') ? 'zram' : '';
  const kinds = [
    ['', 'none'],
    ['swap', 'a disk'],
    ['zram', 'compressed memory (zram)'],
  ];
  const select = choice('machine.swap', 'Swap', kinds, kind, (chosen) => {
    const none = { 'machine.swap': '', 'machine.zram': '' };
    const size = chosen === '' ? {} : { [`machine.${chosen}`]: '{size: 64MiB}' };
    events.changeAll({ ...none, ...size });
  });
  return kind === '' ? [select] : [select, view(input, swapField(kind))];
}

function loadControls(input: ControlInput, index: number): HTMLElement[] {
  const { scenario, tree, events } = input;
  const { workload } = scenario.load[index]!;
  const kinds = catalogs.workloads.all().map(({ name }) => [name, name]);
  const path = `load.${index}`;
  const label = scenario.load.length === 1 ? 'Workload' : `Workload ${index + 1}`;
  const select = choice(`${path}.workload`, label, kinds, workload, (name) => {
    events.change(path, `{workload: ${name}}`);
  });
  const about = h('p', { class: 'about' }, catalogs.workloads.get(workload).summary);
  const fields = loadFields(scenario, index);
  const written = fields.filter((field) => valueAt(tree, field.path) !== undefined);
  const others = fields.filter((field) => !written.includes(field));
  const shown = [...written, ...others.slice(0, Math.max(0, SHOWN_PARAMETERS - written.length))];
  const rest = fields.filter((field) => !shown.includes(field));
  const more = h('summary', {}, `More of ${workload} (${rest.length})`);
  return [
    select,
    about,
    ...shown.map((field) => view(input, field)),
    ...(rest.length === 0
      ? []
      : [h('details', {}, more, ...rest.map((field) => view(input, field)))]),
  ];
}

function faultControls(input: ControlInput): HTMLElement[] {
  return (['failslab', 'fail_page_alloc'] as const).map((capability) => {
    const about =
      capability === 'failslab' ? 'requests for slab objects fail' : 'requests for pages fail';
    const fields = faultFields(capability);
    const isOn = fields.some((field) => valueAt(input.tree, field.path) !== undefined);
    return h(
      'details',
      { open: isOn },
      h('summary', {}, h('code', {}, capability), `: ${about}`),
      ...fields.map((field) => view(input, field)),
    );
  });
}

/** A choice that changes more than its own value. */
function choice(
  path: string,
  label: string,
  kinds: readonly (readonly string[])[],
  value: string,
  chosen: (value: string) => void,
): HTMLElement {
  const id = fieldId(path);
  const options = kinds.map(([name = '', text = '']) => h('option', { value: name }, text));
  const select = h('select', { id, 'aria-describedby': `${id}-fault` }, ...options);
  select.value = value;
  select.addEventListener('change', () => chosen(select.value));
  return h(
    'div',
    { class: 'field choice' },
    h('label', { for: id }, label),
    select,
    h('span', { class: 'fault', id: `${id}-fault`, role: 'alert' }),
  );
}
