import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of plug-ins in src, by kind; the program finds them there, a bundle when it is built. */
export const PLUG_IN_FOLDERS: Readonly<Record<string, string>> = {
  kernel: 'kernel/profiles',
  variant: 'model/kmemleak/variants',
  workload: 'workload/workloads',
  metric: 'metric/metrics',
};

/** Statements that import a kind's plug-ins in order of name, and the names that they get. */
export function importPlugIns(kind: string, from: { src: string; path: string; ending: string }) {
  const folder = PLUG_IN_FOLDERS[kind]!;
  const all = readdirSync(join(from.src, folder)).sort();
  const files = all.filter((file) => file.endsWith(from.ending));
  const names = files.map((_, i) => `${kind}${i}`);
  const lines = files.map((file, i) => `import ${names[i]} from '${from.path}/${folder}/${file}';`);
  return { lines, names };
}
