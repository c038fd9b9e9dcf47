import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { type InputPosition, UserError } from '../base/user-error.ts';
import { formatPath, Places } from './load-places.ts';
import { TEXT_PATHS } from './schema.ts';

/** A scenario is a page or two; what is far longer is not one, and is not even parsed. */
const MAX_CHARACTERS = 256 * 1024;
/** Aliases can make a short text stand for a huge tree. */
const MAX_NODES = 20_000;
const MAX_DEPTH = 32;

export type Tree = null | boolean | number | string | readonly Tree[] | TreeMap;
export type TreeMap = { readonly [key: string]: Tree };

/** What a text says, and where in it each part stands. */
export interface LocatedTree {
  readonly tree: Tree;
  readonly places: Places;
}

/** Reads one YAML (or JSON) document; every fault is one UserError with its place. */
export function readYaml(text: string, file: string): LocatedTree {
  if (text.length > MAX_CHARACTERS) {
    const message = `the file has ${text.length} characters`;
    throw new UserError(message, { at: { file }, expected: 'a scenario, at most 256 Ki' });
  }
  const lines = new LineCounter();
  // The parser's own search for keys that stand twice takes quadratic time.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false };
  const document = parseDocument(text, options);
  const at = (offset: number): InputPosition => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) throw yamlFault(fault, at(fault.pos[0]));
  const walk = new Walk(at, (node) => (isAlias(node) ? node.resolve(document) : undefined));
  return { tree: walk.tree(document.contents, [], 0), places: walk.places };
}

function yamlFault(fault: YAMLError, at: InputPosition): UserError {
  if (fault.code === 'MULTIPLE_DOCS') {
    return new UserError('a second document', { at, expected: 'one scenario a file' });
  }
  if (fault.code === 'RESOURCE_EXHAUSTION' || /call stack/.test(fault.message)) {
    return new UserError('nested too deeply', { at, expected: 'a scenario' });
  }
  const firstLine = fault.message.split('\n')[0] ?? '';
  return new UserError(`not YAML: ${firstLine.slice(0, 120)}`, { at });
}

/** Turns syntax nodes into plain values and notes their places. */
class Walk {
  readonly places = new Places();
  readonly #at: (offset: number) => InputPosition;
  readonly #target: (node: Node) => Node | undefined;
  #nodes = 0;

  constructor(at: (offset: number) => InputPosition, target: (node: Node) => Node | undefined) {
    this.#at = at;
    this.#target = target;
  }

  tree(node: unknown, path: readonly string[], depth: number): Tree {
    if (node === null) return null;
    const position = this.#position(node as Node);
    if (++this.#nodes > MAX_NODES || depth > MAX_DEPTH) {
      throw new UserError('too many values, or too deep', { at: position, expected: 'a scenario' });
    }
    this.places.note(path, { value: position });
    if (isScalar(node)) return scalar(node, path, position);
    if (isSeq(node)) {
      return node.items.map((item, index) => this.tree(item, [...path, String(index)], depth + 1));
    }
    if (isMap(node)) return this.#map(node.items, path, depth);
    const target = this.#target(node as Node);
    if (target !== undefined) return this.tree(target, path, depth + 1);
    const alias = isAlias(node) ? clipped(node.source) : '';
    throw new UserError(`the alias '*${alias}' points nowhere`, { at: position });
  }

  #map(pairs: readonly Pair[], path: readonly string[], depth: number): TreeMap {
    const map: Record<string, Tree> = Object.create(null);
    for (const pair of pairs) {
      const key = pair.key;
      const position = this.#position(key as Node);
      if (!isScalar(key) || key.value === null) {
        throw new UserError('a key must be a word', { at: position });
      }
      const name = key.source ?? String(key.value);
      if (name in map)
        throw new UserError(`the key '${clipped(name)}' stands twice`, { at: position });
      const below = [...path, name];
      map[name] = this.tree(pair.value, below, depth + 1);
      this.places.note(below, { key: position });
    }
    return map;
  }

  #position(node: Node | null): InputPosition {
    return this.#at(node?.range?.[0] ?? 0);
  }
}

function scalar(
  node: { readonly value: unknown; readonly source?: string | undefined },
  path: readonly string[],
  at: InputPosition,
): Tree {
  const { value, source } = node;
  if (typeof value === 'number' && TEXT_PATHS.has(path.join('.'))) return source ?? String(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    const where = path.length === 0 ? '' : `${formatPath(path)}: `;
    const found = `${where}'${clipped(source ?? String(value))}' is no finite number`;
    throw new UserError(found, { at, expected: 'a value such as 10 or 64MiB' });
  }
  throw new UserError('this kind of value is not used in scenarios', { at });
}

/** A piece of the user's text, short and plain enough for a message. */
function clipped(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return plain.length <= 40 ? plain : `${plain.slice(0, 37)}...`;
}
