import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { isWholeRun } from '../../experiment/run-file.ts';
import { codeHash } from '../batch/code-hash.ts';
import { readText } from '../files/node-files.ts';
import { loadCatalogs, loadCommands } from '../load-catalogs.ts';
import { loadFormats } from '../output/report-formats.ts';
import { type ColorWish, decideColor } from '../terminal/color.ts';
import { PACKAGE_ROOT, VERSION } from '../version.ts';
import { builtFrom, type Finding, REBUILD } from './doctor-build.ts';

export interface DoctorInput {
  /** Folder that holds results folders. */
  readonly out: string;
  readonly color: ColorWish;
}

const FREE_LEAST = 64 * 1024 * 1024;
const MIB = 1024 * 1024;

/** Looks at all that a run needs; nothing is written or changed. */
export async function examine({ out, color }: DoctorInput): Promise<Finding[]> {
  return [
    nodeVersion(process.versions.node),
    builtFrom(PACKAGE_ROOT, import.meta.url),
    await catalogs(),
    ...store(out),
    storedRuns(join(out, '.runs', codeHash())),
    ...otherStates(join(out, '.runs'), codeHash()),
    cores(),
    terminal(color),
    browser(),
  ];
}

/** The oldest Node that package.json allows. */
export function nodeVersion(running: string): Finding {
  const text = readText(join(PACKAGE_ROOT, 'package.json')) ?? '{}';
  const { engines } = JSON.parse(text) as { engines?: { node?: string } };
  const least = engines?.node?.replace(/^>=/, '') ?? '0';
  const said = { check: 'node', text: `Node ${running}, gfpsim ${VERSION} needs ${least}` };
  if (isAtLeast(running, least)) return { ...said, status: 'ok' };
  return { ...said, status: 'fail', next: `install Node ${least} or later` };
}

function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split('.').map(Number));
  for (const [i, part] of want!.entries()) {
    if ((have![i] ?? 0) !== part) return (have![i] ?? 0) > part;
  }
  return true;
}

async function catalogs(): Promise<Finding> {
  const check = 'catalogs';
  try {
    const { kernels, variants, workloads, metrics } = await loadCatalogs();
    const all = [kernels, variants, workloads, metrics, await loadFormats(), await loadCommands()];
    const text = all.map((one) => `${one.names().length} ${one.kind}s`).join(', ');
    return { check, status: 'ok', text };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { check, status: 'fail', text, next: REBUILD };
  }
}

/** Runs are stored beside the results: can they be, and is there room? */
function store(out: string): Finding[] {
  const check = 'store';
  const place = nearestFolder(join(out, '.runs'));
  try {
    if (!statSync(place).isDirectory()) throw new Error('no folder');
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const text = `${place} cannot be read and written`;
    return [{ check, status: 'fail', text, next: 'chmod u+rwx it, or name another with -o' }];
  }
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  const text = `${place} can be read and written, ${Math.floor(free / MIB)} MiB free`;
  if (free >= FREE_LEAST) return [{ check, status: 'ok', text }];
  return [{ check, status: 'warn', text, next: 'make room, or name another place with -o' }];
}

/** The folder itself, or the one in which it would be made. */
function nearestFolder(path: string): string {
  if (existsSync(path)) return path;
  const above = join(path, '..');
  return above === path ? '.' : nearestFolder(above);
}

function storedRuns(folder: string): Finding {
  const check = 'runs';
  const files = filesBelow(folder).filter((file) => file.endsWith('.json'));
  const damaged = files.filter((file) => !isWholeRun(readText(file) ?? ''));
  const text = `${files.length} stored runs of this code`;
  if (damaged.length === 0) return { check, status: 'ok', text: `${text}, all whole` };
  return {
    ...{ check, status: 'warn', text: `${text}, ${damaged.length} damaged: ${damaged[0]}` },
    next: 'nothing: they are made again when they are needed; or remove them',
  };
}

/** What other states of the program have made, and nobody reads any more. */
function otherStates(folder: string, code: string): Finding[] {
  if (!existsSync(folder)) return [];
  const others = readdirSync(folder).filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== code);
  const files = others.flatMap((name) => filesBelow(join(folder, name)));
  if (files.length === 0) return [];
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const text = `${files.length} runs of ${others.length} other states of the code`;
  const mib = Math.ceil(bytes / MIB);
  return [{ check: 'old runs', status: 'ok', text: `${text}, ${mib} MiB; may be removed` }];
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function cores(): Finding {
  const memory = Math.round(totalmem() / MIB);
  const text = `${availableParallelism()} CPUs, ${memory} MiB of memory; -j says otherwise`;
  return { check: 'cores', status: 'ok', text };
}

function terminal(color: ColorWish): Finding {
  const { stdout, env } = process;
  const { color: isOn, why } = decideColor(color, stdout, env);
  const columns = stdout.isTTY ? `${stdout.columns} columns` : 'no terminal on stdout';
  const text = `${columns}; colours ${isOn ? 'on' : 'off'} (${why})`;
  if (!stdout.isTTY || stdout.columns >= 80) return { check: 'terminal', status: 'ok', text };
  return { check: 'terminal', status: 'warn', text, next: 'tables need 80 columns' };
}

/** Only the playground's own tests and pictures as PNG need one. */
function browser(): Finding {
  const check = 'browser';
  const found = ['chromium', 'chromium-browser', 'google-chrome'].find(
    (name) => spawnSync(name, ['--version'], { timeout: 10_000 }).status === 0,
  );
  if (found !== undefined) return { check, status: 'ok', text: `${found}, for npm run e2e` };
  const next = 'only npm run e2e needs it: install chromium';
  return { check, status: 'ok', text: `no chromium; ${next}` };
}
