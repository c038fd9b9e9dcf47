import { UserError } from '../base/user-error.ts';
import { csvRows } from '../experiment/csv-rows.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import { Machine } from '../model/machine.ts';
import type { MachineReadings } from '../model/machine-readings.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import { loadScenario, type ScenarioFiles } from '../scenario/load.ts';
import { type ResolvedRun, resolveRun, resolveScenario } from '../scenario/resolve.ts';

/** A line of a CSV file of measurements, by the names of its header. */
export type Row = Readonly<Record<string, string>>;

/** Under this name a setting stands beside the measurements; what it names is looked for there. */
const SETTING = 'setting.yaml';

/** What a group works with: the measurements, and machines in the settings that were measured. */
export class Laboratory {
  readonly catalogs: Catalogs;
  readonly #files: ScenarioFiles;
  readonly #folder: string;

  /** `folder`: where the measurements are. */
  constructor(catalogs: Catalogs, files: ScenarioFiles, folder: string) {
    this.catalogs = catalogs;
    this.#files = files;
    this.#folder = folder;
  }

  kernel(name: string): KernelProfile {
    return this.catalogs.kernels.get(name);
  }

  text(name: string): string {
    const file = `${this.#folder}/${name}`;
    const text = this.#files.read(file);
    if (text === undefined) throw new UserError('no such measurements', { at: { file } });
    return text;
  }

  /** A list of measured settings. */
  list<T>(name: string): readonly T[] {
    const at = { file: `${this.#folder}/${name}` };
    try {
      const list: unknown = JSON.parse(this.text(name));
      if (Array.isArray(list)) return list as T[];
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new UserError('not JSON', { at });
    }
    throw new UserError('not a list of measured settings', { at });
  }

  /** Lines of cells, without a header. */
  cells(name: string): string[][] {
    return [...csvRows(this.text(name))];
  }

  rows(name: string): Row[] {
    const [names = [], ...lines] = this.cells(name);
    return lines.map((cells, i) => {
      const at = { file: `${this.#folder}/${name}`, line: i + 2 };
      const expected = `${names.length} cells, as the header has`;
      if (cells.length !== names.length) throw new UserError('not a row', { at, expected });
      return Object.fromEntries(names.map((each, column) => [each, cells[column]!]));
    });
  }

  /** The run of a scenario with this text; its first proposal unless told. */
  resolve(text: string, variant?: string, replication = 0): ResolvedRun {
    const file = `${this.#folder}/${SETTING}`;
    const files: ScenarioFiles = {
      read: (path) => (path === file ? text : this.#files.read(path)),
      resolve: (from, written) => this.#files.resolve(from, written),
    };
    const { scenario } = loadScenario(file, { files, catalogs: this.catalogs });
    const choice = { variant: variant ?? scenario.variants[0]!, replication };
    return resolveRun(scenario, resolveScenario(scenario, this.catalogs), choice, this.catalogs);
  }

  /** The same, made; every page is accounted for at its end. */
  run(text: string, variant?: string, replication = 0): MachineReadings {
    const { config, tasks, streams, horizonNs } = this.resolve(text, variant, replication);
    const machine = new Machine(config, tasks, streams);
    machine.run(horizonNs);
    machine.assertConservation();
    return machine.readings();
  }

  /** All metrics of a run, by name. */
  metrics(readings: MachineReadings): Readonly<Record<string, number | null>> {
    const all = this.catalogs.metrics.all();
    return Object.fromEntries(all.map((metric) => [metric.name, metric.read(readings)]));
  }
}
