import { isTreeMap } from '../scenario/load-merge.ts';
import type { Tree } from '../scenario/load-yaml.ts';

/** The value that stands at a path such as load.0.params.size; undefined: none does. */
export function valueAt(tree: Tree, path: string): Tree | undefined {
  let here: Tree | undefined = tree;
  for (const part of path.split('.')) {
    if (Array.isArray(here)) here = (here as readonly Tree[])[Number(part)];
    else if (isTreeMap(here)) here = Object.hasOwn(here, part) ? here[part] : undefined;
    else return undefined;
  }
  return here;
}

/** A value as a field shows it and an override writes it; nothing is the empty text. */
export function textOf(value: Tree | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
