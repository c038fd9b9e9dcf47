import { readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { nearestName } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { isTreeMap } from '../../scenario/load-merge.ts';
import { readYaml } from '../../scenario/load-yaml.ts';
import { readText, statOf } from '../files/node-files.ts';
import { PACKAGE_ROOT } from '../version.ts';

export const SCENARIO_FOLDER = join(PACKAGE_ROOT, 'scenarios');
/** The main job: what `run` runs when it is told nothing. */
const DEFAULT_SUITE = 'rfc-2018';

/** Scenario files and the name under which their results are kept. */
export interface Selection {
  readonly name: string;
  readonly files: readonly string[];
}

/**
 * Scenarios as they are named on the command line: a file, a folder of files, or the name of a
 * bundled scenario or suite ("rfc-2018", "rfc-2018/drain").
 */
export function selectScenarios(names: readonly string[]): Selection {
  const wanted = names.length === 0 ? [DEFAULT_SUITE] : names;
  const files = wanted.flatMap(filesOf);
  return { name: wanted.map(nameOf).join('+').slice(0, 80), files };
}

/** What can be named without its file: suites, and scenarios in them. */
export function bundledNames(): string[] {
  const scenarios = bundledScenarios();
  const suites = new Set(scenarios.map((name) => dirname(name)).filter((name) => name !== '.'));
  return [...suites, ...scenarios];
}

export function bundledScenarios(): string[] {
  return readdirSync(SCENARIO_FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The question of a scenario file, for lists; empty where it has none of its own. */
export function scenarioQuestion(file: string): string {
  const text = readText(file);
  if (text === undefined) return '';
  const { tree } = readYaml(text, file);
  const question = isTreeMap(tree) ? tree['question'] : undefined;
  return typeof question === 'string' ? question : '';
}

function filesOf(name: string): string[] {
  for (const path of [name, join(SCENARIO_FOLDER, name)]) {
    const kind = kindOf(path);
    if (kind === 'file') return [shortest(path)];
    if (kind === 'folder') return yamlFilesIn(path);
  }
  const bundled = join(SCENARIO_FOLDER, `${name}.yaml`);
  if (kindOf(bundled) === 'file') return [shortest(bundled)];
  const nearest = nearestName(name, bundledNames());
  throw new UserError('no such scenario', {
    at: { file: name },
    ...(nearest === undefined
      ? { expected: 'a file, a folder, or one of list scenarios' }
      : { hint: `did you mean '${nearest}'?` }),
  });
}

function yamlFilesIn(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file));
  if (files.length > 0) return files.sort().map((file) => shortest(join(folder, file)));
  throw new UserError('no scenario in this folder', { at: { file: folder } });
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  const stat = statOf(path);
  if (stat === undefined) return undefined;
  return stat.isDirectory() ? 'folder' : 'file';
}

/** Messages name a file by the shorter of its two paths. */
function shortest(path: string): string {
  const seen = relative(process.cwd(), path);
  return seen.length < path.length && !seen.startsWith('..') ? seen : path;
}

function nameOf(name: string): string {
  return basename(name).replace(/\.(ya?ml|json)$/, '');
}
