import type { ProcfsSnapshot } from './import/procfs-snapshot.ts';
import type { ScenarioSections } from './schema.ts';

/** A checked scenario: readonly plain data, the whole input of its runs. */
export interface Scenario extends Omit<ScenarioSections, 'extends' | 'variants' | 'metrics'> {
  /** Its file's name without the extension. */
  readonly name: string;
  /** The baseline first. */
  readonly variants: readonly string[];
  /** What the report shows first, in its order; absent: its own choice. */
  readonly metrics?: readonly string[];
  /** The real machine behind `machine.procfs`. */
  readonly snapshot?: ProcfsSnapshot;
}
