import type { Scenario } from '../scenario/scenario.ts';
import { parameterNotes } from '../workload/parameter-notes.ts';
import { catalogs } from './bundle.ts';

/** One value of a scenario that the page lets its reader change. */
export interface Field {
  /** In the scenario, as --set takes it. */
  readonly path: string;
  readonly label: string;
  /** Behind the label; empty where the value brings its own. */
  readonly unit: string;
  readonly kind: 'number' | 'text' | 'choice';
  readonly choices?: readonly string[];
  /** What holds where nothing is written. */
  readonly standing: string;
  readonly about: string;
}

type Given = Partial<Field> & Pick<Field, 'path' | 'label'>;

function field(given: Given): Field {
  return { unit: '', kind: 'number', standing: '', about: '', ...given };
}

export const RUN_FIELDS: readonly Field[] = [
  field({ path: 'seed', label: 'Seed', standing: '1', kind: 'text', about: 'Of all dice' }),
  field({ path: 'replications', label: 'Seeds to compare', unit: 'runs', standing: '20' }),
  field({ path: 'horizon', label: 'Longest run', kind: 'text', standing: '60s' }),
];

export const MACHINE_FIELDS: readonly Field[] = [
  field({ path: 'machine.cpus', label: 'CPUs', standing: '1' }),
  field({
    path: 'machine.sysctl.min_free_kbytes',
    label: 'min_free_kbytes',
    unit: 'kB',
    standing: 'by the kernel',
    about: 'What the min watermarks share',
  }),
  field({
    path: 'machine.sysctl.watermark_scale_factor',
    label: 'watermark_scale_factor',
    unit: '1/10000',
    standing: '10',
    about: 'From min to low, and from low to high',
  }),
];

export const MEMORY_FIELD = field({
  path: 'machine.memory',
  label: 'Memory',
  kind: 'text',
  standing: '128MiB',
  about: 'With its unit, such as 64MiB',
});

export function swapField(kind: 'swap' | 'zram'): Field {
  return field({ path: `machine.${kind}.size`, label: 'Size', kind: 'text', standing: '64MiB' });
}

/** The knobs that matter most, by the names of their debugfs files. */
export function faultFields(capability: 'failslab' | 'fail_page_alloc'): Field[] {
  const path = (knob: string) => `fault.${capability}.${knob}`;
  const choices = ['Y', 'N'];
  return [
    field({ path: path('probability'), label: 'probability', unit: '%', standing: '0' }),
    field({ path: path('interval'), label: 'interval', unit: 'requests', standing: '1' }),
    field({
      path: path('times'),
      label: 'times',
      unit: 'faults',
      standing: '1',
      about: 'At most so many; -1: no limit',
    }),
    field({
      path: path('ignore-gfp-wait'),
      label: 'ignore-gfp-wait',
      kind: 'choice',
      choices,
      standing: 'Y',
      about: 'Y spares those who may wait',
    }),
  ];
}

/** The parameters of one load, in the order of its schema. */
export function loadFields(scenario: Scenario, index: number): Field[] {
  const { workload } = scenario.load[index]!;
  const notes = parameterNotes(catalogs.workloads.get(workload));
  return [
    field({ path: `load.${index}.count`, label: 'Tasks', standing: '1', about: 'That run it' }),
    ...notes.map(({ name, description, unit, initial }) =>
      field({
        path: `load.${index}.params.${name}`,
        label: name,
        unit: unit === 'ns' ? '' : unit,
        kind: 'text',
        standing: initial === undefined ? '' : standingText(initial),
        about: description,
      }),
    ),
  ];
}

function standingText(initial: unknown): string {
  return typeof initial === 'string' ? initial : JSON.stringify(initial);
}
