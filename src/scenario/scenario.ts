import type { ProcfsSnapshot } from './import/procfs-snapshot.ts';
import type { ScenarioSections } from './schema.ts';

type LoadSection = ScenarioSections['load'][number];

/** One load; parameters that name files hold the files' texts. */
export interface LoadEntry extends LoadSection {
  /** The names of those files by parameter, for people: no run depends on them. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A checked scenario: readonly plain data, the whole input of its runs. */
export interface Scenario
  extends Omit<ScenarioSections, 'extends' | 'variants' | 'metrics' | 'load'> {
  readonly load: readonly LoadEntry[];
  /** Its file's name without the extension. */
  readonly name: string;
  /** The baseline first. */
  readonly variants: readonly string[];
  /** What the report shows first, in its order; absent: its own choice. */
  readonly metrics?: readonly string[];
  /** The real machine behind `machine.procfs`. */
  readonly snapshot?: ProcfsSnapshot;
}

/** What runs are made of, without what only people are told. */
export function bareLoad({ load }: Pick<Scenario, 'load'>): Omit<LoadEntry, 'files'>[] {
  return load.map(({ files: _, ...entry }) => entry);
}
