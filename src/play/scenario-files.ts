import type { ScenarioFiles } from '../scenario/load.ts';

/** Texts by path; what a page has instead of a disk. */
export class HeldFiles implements ScenarioFiles {
  readonly missing = 'a page can read no file; it holds the bundled ones';
  readonly #texts: Readonly<Record<string, string>>;

  constructor(texts: Readonly<Record<string, string>>) {
    this.#texts = texts;
  }

  read(path: string): string | undefined {
    return Object.hasOwn(this.#texts, path) ? this.#texts[path] : undefined;
  }

  /** Relative to the file that says so; else a bundled one, as on the command line. */
  resolve(fromFile: string, written: string): string {
    const folder = fromFile.split('/').slice(0, -1);
    const near = joined([...folder, ...written.split('/')]);
    const isHeld = (path: string) => Object.keys(this.#texts).some((one) => startsPath(one, path));
    return isHeld(near) || !isHeld(written) ? near : written;
  }

  /** The scenarios among them, by name. */
  scenarios(): string[] {
    const files = Object.keys(this.#texts).filter((path) => path.endsWith('.yaml'));
    return files.map((path) => path.slice(0, -'.yaml'.length)).sort();
  }

  /** Folders with copies of /proc. */
  machines(): string[] {
    const zoneinfo = Object.keys(this.#texts).filter((path) => path.endsWith('/zoneinfo'));
    return zoneinfo.map((path) => path.slice(0, -'/zoneinfo'.length)).sort();
  }
}

function startsPath(path: string, start: string): boolean {
  return path === start || path.startsWith(`${start}/`);
}

function joined(parts: readonly string[]): string {
  const path: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part === '..') path.pop();
    else path.push(part);
  }
  return path.join('/');
}
