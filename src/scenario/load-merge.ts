import type { Path, Places } from './load-places.ts';
import type { LocatedTree, Tree, TreeMap } from './load-yaml.ts';

/**
 * Lays one scenario over another: maps merge key by key, everything else is replaced whole, and
 * an empty value (null) takes the other's key away. Places follow the values.
 */
export function mergeTrees(base: LocatedTree, over: LocatedTree): LocatedTree {
  const tree = mergeAt(base.tree, over.tree, { path: [], places: base.places, from: over.places });
  return { tree, places: base.places };
}

interface MergeStep {
  readonly path: Path;
  readonly places: Places;
  readonly from: Places;
}

function mergeAt(base: Tree, over: Tree, step: MergeStep): Tree {
  if (!isTreeMap(base) || !isTreeMap(over)) {
    step.places.takeOver(step.path, step.from);
    return over;
  }
  const merged: Record<string, Tree> = Object.assign(Object.create(null), base);
  for (const [key, value] of Object.entries(over)) {
    const path = [...step.path, key];
    if (value === null && key in merged) {
      delete merged[key];
      step.places.forget(path);
      continue;
    }
    merged[key] = mergeAt(merged[key] ?? null, value, { ...step, path });
    step.places.takeOverOnly(path, step.from);
  }
  return merged;
}

export function isTreeMap(tree: Tree | undefined): tree is TreeMap {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree);
}
