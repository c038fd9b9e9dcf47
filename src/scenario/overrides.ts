import { type InputPosition, UserError } from '../base/user-error.ts';
import { isTreeMap } from './load-merge.ts';
import type { Path, Places } from './load-places.ts';
import { type LocatedTree, readYaml, type Tree } from './load-yaml.ts';
import { TEXT_PATHS } from './schema.ts';

/** A value put into a scenario from outside its files; an empty one (null) takes the key away. */
export interface Override {
  readonly path: readonly string[];
  readonly value: Tree;
  /** How the user wrote it: where messages point, and what `show --origin` tells. */
  readonly origin: string;
}

/**
 * `path=value` of the command line. The value is YAML, so lists and maps can be written too:
 * `variants=[quiet-2011, pool-5.4]`.
 */
export function parseOverride(text: string): Override {
  const origin = `--set ${text.slice(0, 80)}`;
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(0, equals)).trim().split('.');
  if (equals < 0 || path.includes('')) {
    throw new UserError('not an override', {
      at: { file: origin },
      expected: 'path=value, such as machine.cpus=2',
    });
  }
  return { path, value: parseValue(text.slice(equals + 1), path.join('.'), origin), origin };
}

/** Puts a value into a scenario; what was at and below its path is gone. */
export function applyOverride(base: LocatedTree, override: Override): LocatedTree {
  const { path, value, origin } = override;
  const at = { file: origin };
  const tree = setAt(base.tree, path, value, origin);
  base.places.forget(path);
  noteAll(base.places, path, value, at);
  return { tree, places: base.places };
}

/** Each part of a list or map that was set knows that it was. */
function noteAll(places: Places, path: Path, value: Tree, at: InputPosition): void {
  places.note(path, { value: at, key: at });
  if (typeof value !== 'object' || value === null) return;
  for (const [key, below] of Object.entries<Tree>(value)) {
    noteAll(places, [...path, key], below, at);
  }
}

function parseValue(text: string, path: string, origin: string): Tree {
  // A name such as a kernel's or a seed keeps its spelling, as in a file.
  if (TEXT_PATHS.has(path)) return text.trim();
  try {
    return readYaml(text, origin).tree;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`'${text.slice(0, 40)}' is not a value`, { at: { file: origin } });
  }
}

function setAt(base: Tree | undefined, parts: readonly string[], value: Tree, file: string): Tree {
  const [first, ...rest] = parts;
  if (first === undefined) return value;
  if (Array.isArray(base)) {
    const list: readonly Tree[] = base;
    const index = itemIndex(first, list.length, file);
    return list.map((item, i) => (i === index ? setAt(item, rest, value, file) : item));
  }
  const map: Record<string, Tree> = Object.assign(
    Object.create(null),
    isTreeMap(base) ? base : undefined,
  );
  const below = setAt(map[first], rest, value, file);
  if (below === null) delete map[first];
  else map[first] = below;
  return map;
}

function itemIndex(part: string, length: number, file: string): number {
  const index = /^\d{1,4}$/.test(part) ? Number(part) : length;
  if (index < length) return index;
  throw new UserError(`the list has no item '${part.slice(0, 40)}'`, {
    at: { file },
    expected: `a number from 0 to ${length - 1}`,
  });
}
