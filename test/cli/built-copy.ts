import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder, ROOT } from './gfpsim.ts';

/** The built program once more, with one line of it changed; its main file. */
export function changedProgram(file: string, from: string, to: string): string {
  const copy = emptyFolder();
  cpSync(join(ROOT, 'dist/src'), join(copy, 'src'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  symlinkSync(join(ROOT, 'scenarios'), join(copy, 'scenarios'));
  const path = join(copy, 'src', file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no '${from}' to change`);
  writeFileSync(path, text.replace(from, to));
  return join(copy, 'src/cli/main.js');
}
