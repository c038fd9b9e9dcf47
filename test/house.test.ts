import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

// Is the house still a house? Floors, sizes, words, dead files.

const ROOT = resolve(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

/** Folders of src by floor; a file imports from lower floors and from its own folder. */
const FLOORS: Readonly<Record<string, number>> = {
  base: 0,
  engine: 1,
  kernel: 2,
  model: 3,
  workload: 4,
  metric: 4,
  scenario: 5,
  experiment: 6,
  report: 7,
  // What was measured beside what is simulated of it; the command line hands the files in.
  fidelity: 7,
  // The page runs the engine without the command line, which only puts the page into a file.
  play: 8,
  cli: 9,
  // What the build makes of all that: the page, and the thread of a batch, in one file each.
  bundle: 10,
};

/** Rooms of the model, lower first; files of model/ itself are contracts or stand above all. */
const ROOMS: Readonly<Record<string, number>> = {
  mm: 0,
  fault: 1,
  reclaim: 2,
  'slow-path.ts': 3,
  'page-allocator.ts': 3,
  slab: 4,
  kmemleak: 5,
  user: 6,
  sched: 7,
};

/**
 * Rooms of the command line, lower first. What stands in cli/ itself are the words that all of
 * them need, and where a command line begins.
 */
const CLI_ROOMS: Readonly<Record<string, number>> = {
  files: 0,
  terminal: 1,
  selection: 2,
  requests: 3,
  bench: 3,
  fidelity: 3,
  pages: 3,
  output: 4,
  stored: 5,
  batch: 6,
  shards: 7,
  baselines: 7,
  doctor: 7,
  help: 8,
  'output-schemas': 9,
  commands: 10,
};

/** Contracts and counters of the model that every room may read. */
const MODEL_CONTRACTS = new Set([
  'machine-config.ts',
  'machine-readings.ts',
  'operation.ts',
  'page-source.ts',
  'decision-log.ts',
  'event-kind.ts',
  'vmstat.ts',
  'timers.ts',
  'wait-queue.ts',
  'warnings.ts',
  'sched/task-context.ts',
]);

/** What every command may cost, whatever it does. */
const LOADED_AT_ONCE = ['base/', 'cli/', 'kernel/', 'report/', 'node:', 'yargs', 'picocolors'];

/** A CPU knows who runs on it, and a thread where it runs. */
const KNOWN_TO_EACH_OTHER = new Set(['model/sched/cpu.ts', 'model/sched/thread.ts']);

/** Where programs begin, and what the bundler puts together. */
const ENTRIES = new Set([
  'cli/main.ts',
  'play/main.ts',
  'play/bundled.d.ts',
  'bundle/bundle-page.ts',
  'bundle/bundle-worker.ts',
]);

const LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const LINE_WIDTH_MAX = 100;

/** Words that only the command line may use, and words that nobody may. */
const BANNED_BELOW_CLI = [
  /\bDate\.now\b/,
  /\bperformance\.now\b/,
  /\bMath\.(random|log\d*p?|exp|expm1|pow|sin|cos|tan|cbrt|hypot)\b/,
  /\bconsole\./,
  /\bprocess\./,
  /from 'node:/,
];
const BANNED_EVERYWHERE = [/:\s*any\b|<any>|\bas any\b/, /as unknown as/];
const BANNED_COMMENTS = [/\b(TODO|FIXME|XXX)\b/, /@ts-(ignore|nocheck)/, /biome-ignore/];
const BANNED_NAMES = /\b(utils?|helpers?|managers?)\b/i;

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const sources = filesUnder(SRC).filter((file) => file.path.endsWith('.ts'));
const tests = filesUnder(join(ROOT, 'test')).filter((file) => file.path.endsWith('.ts'));

describe('floors', () => {
  test.each(sources.map((file) => file.path))('%s imports from below', (path) => {
    for (const target of importsOf(path)) {
      expect(mayImport(path, target), `${path} imports ${target}`).toBe(true);
    }
  });
});

test('no file takes something from one that takes something from it', () => {
  const circles = sources
    .filter(({ path }) => reachableFrom(path).has(path) && !KNOWN_TO_EACH_OTHER.has(path))
    .map(({ path }) => path);
  expect(circles).toEqual([]);
});

test('a command loads what it works with when it runs, not when it is listed', () => {
  const plugin = /^cli\/commands\//;
  const starts = sources.map(({ path }) => path).filter((path) => plugin.test(path));
  const loaded = closure(['cli/main.ts', ...starts], eagerImportsOf);
  const isLight = (name: string) => LOADED_AT_ONCE.some((start) => name.startsWith(start));
  expect([...loaded].filter((name) => !isLight(name))).toEqual([]);
});

describe('sizes', () => {
  test.each(sources.map((file) => file.path))('%s is small enough', (path) => {
    const { text } = find(path);
    const lines = text.split('\n');
    const isTable = path.startsWith('kernel/profiles/');
    if (!isTable) expect(lines.length - 1, 'lines of the file').toBeLessThanOrEqual(LINES_MAX);
    for (const [i, line] of lines.entries()) {
      expect([...line].length, `${path}:${i + 1}`).toBeLessThanOrEqual(LINE_WIDTH_MAX);
    }
    for (const { name, length } of functionsOf(path)) {
      expect(length, `lines of ${name}`).toBeLessThanOrEqual(FUNCTION_LINES_MAX);
    }
  });
});

describe('words', () => {
  test.each(sources.map((file) => file.path))('%s uses no banned word', (path) => {
    const { text } = find(path);
    const below = !/^(cli|bundle)\//.test(path) && path !== 'base/catalog-folder.ts';
    const code = withoutComments(text);
    for (const word of below ? BANNED_BELOW_CLI : []) expect(code).not.toMatch(word);
    for (const word of BANNED_EVERYWHERE) expect(code).not.toMatch(word);
    for (const word of BANNED_COMMENTS) expect(text).not.toMatch(word);
    expect(path).not.toMatch(BANNED_NAMES);
    // A metric's file has its metric's name, such as warnings_W1; a variant's, its proposal's.
    const isNamed = /^(metric\/metrics|model\/kmemleak\/variants)\//.test(path);
    if (!isNamed) expect(path).toMatch(/^[a-z0-9./-]+$/);
  });

  test.each(tests.map((file) => file.path))('test %s skips nothing', (path) => {
    expect(path).toMatch(/^[a-z0-9./_-]+$/);
    if (path === 'house.test.ts') return;
    const { text } = tests.find((file) => file.path === path)!;
    expect(text).not.toMatch(/\b(test|it|describe)\.(skip|only|todo)\b/);
  });

  test('every model file says what it models', () => {
    const silent = sources
      .filter(({ path }) => /^model\/(mm|fault|reclaim|slab)\//.test(path))
      .filter(({ text }) => /class |export function/.test(text))
      .filter(({ text }) => !/Models:/.test(text))
      .map(({ path }) => path);
    expect(silent).toEqual([]);
  });

  test('what models something says where it departs', () => {
    const silent = sources
      .filter(({ path }) => path.startsWith('model/'))
      .filter(({ text }) => /Models:(?! nothing)/.test(text) && !/Departs:/.test(text))
      .map(({ path }) => path);
    expect(silent).toEqual([]);
  });
});

describe('life', () => {
  test('no source file is dead', () => {
    const alive = new Set<string>();
    for (const { path } of sources) for (const target of importsOf(path)) alive.add(target);
    const plugin = /(profiles|variants|workloads|metrics|formats|groups|commands)\/[^/]+\.ts$/;
    const dead = sources
      .map((file) => file.path)
      .filter((path) => !alive.has(path) && !plugin.test(path) && !ENTRIES.has(path));
    expect(dead).toEqual([]);
  });
});

function mayImport(from: string, to: string): boolean {
  const fromFolder = from.split('/')[0]!;
  const toFolder = to.split('/')[0]!;
  if (fromFolder === toFolder) {
    if (fromFolder === 'cli') return mayImportInCli(from, to);
    return fromFolder !== 'model' || mayImportInModel(from, to);
  }
  const isBelow = FLOORS[toFolder]! < FLOORS[fromFolder]!;
  return isBelow;
}

function mayImportInCli(from: string, to: string): boolean {
  const [fromRoom, toRoom] = [from, to].map((path) => path.split('/')[1]!);
  if (fromRoom === toRoom || toRoom!.endsWith('.ts')) return true;
  return fromRoom!.endsWith('.ts') || CLI_ROOMS[toRoom!]! < CLI_ROOMS[fromRoom!]!;
}

function mayImportInModel(from: string, to: string): boolean {
  const target = to.slice('model/'.length);
  if (MODEL_CONTRACTS.has(target)) return true;
  const fromRoom = ROOMS[from.split('/')[1]!];
  const toRoom = ROOMS[target.split('/')[0]!];
  if (fromRoom === undefined) return true;
  if (toRoom === undefined) return isTypesOnly(from, to);
  return toRoom <= fromRoom || isTypesOnly(from, to);
}

/** A contract may be named by its types wherever it stands; code may not run upward. */
function isTypesOnly(from: string, to: string): boolean {
  const name = to.split('/').at(-1)!.replace('.', '\\.');
  const statement = new RegExp(`import type [^;]*${name}'`);
  return statement.test(find(from).text);
}

const importsKnown = new Map<string, string[]>();

function importsOf(path: string): string[] {
  const known = importsKnown.get(path) ?? readImports(path);
  importsKnown.set(path, known);
  return [...known];
}

function readImports(path: string): string[] {
  const found = ts.preProcessFile(find(path).text, true, true).importedFiles;
  return found
    .map((file) => file.fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(SRC, resolve(dirname(join(SRC, path)), name)));
}

/** Everything that the file imports, by whatever way. */
function reachableFrom(path: string): Set<string> {
  return closure(importsOf(path), importsOf);
}

/** These, and all that they import. */
function closure(starts: readonly string[], imports: (path: string) => string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...starts];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    if (next.endsWith('.ts')) waiting.push(...imports(next));
  }
  return reached;
}

/** What is loaded as soon as the file is: neither types nor what waits for its turn. */
function eagerImportsOf(path: string): string[] {
  const source = ts.createSourceFile(path, find(path).text, ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    const takes = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
    if (!takes || statement.moduleSpecifier === undefined) return [];
    if (/^(import|export) type /.test(statement.getText())) return [];
    const name = (statement.moduleSpecifier as ts.StringLiteral).text;
    return [name.startsWith('.') ? relative(SRC, resolve(dirname(join(SRC, path)), name)) : name];
  });
}

function functionsOf(path: string): { name: string; length: number }[] {
  const source = ts.createSourceFile(path, find(path).text, ts.ScriptTarget.Latest, true);
  const found: { name: string; length: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = source.getLineAndCharacterOfPosition(node.getStart()).line;
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      const name = node.name === undefined ? 'a function' : node.name.getText();
      found.push({ name, length: last - first + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

function find(path: string): SourceFile {
  return sources.find((file) => file.path === path)!;
}

/** All files below a folder, with paths relative to it; fixtures are data. */
function filesUnder(folder: string, base = folder): SourceFile[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === 'fixtures' ? [] : filesUnder(path, base);
    return [{ path: relative(base, path), text: readFileSync(path, 'utf8') }];
  });
}
