import { type InputPosition, UserError } from '../base/user-error.ts';
import { importKernelLog } from './import/kernel-log.ts';
import { importProcfs, importZoneinfo, type ProcfsSnapshot } from './import/procfs-snapshot.ts';
import { pathOf, type TextFiles } from './load-files.ts';

/**
 * The snapshot behind `machine.procfs`: a directory with copies of /proc files, or one zoneinfo.
 * @param at where the path is written: it is relative to that file
 */
export function readSnapshot(
  written: string | undefined,
  at: InputPosition,
  files: TextFiles,
): ProcfsSnapshot | undefined {
  if (written === undefined) return undefined;
  const path = pathOf(written, at, files);
  const text = files.read(path);
  if (text !== undefined) return importZoneinfo(text, path);
  if (files.read(`${path}/zoneinfo`) === undefined) {
    throw new UserError(`'${written}' holds no zoneinfo`, {
      at,
      expected: 'a directory with copies of /proc files, or a zoneinfo file',
    });
  }
  return importProcfs((name) => files.read(`${path}/${name}`), path);
}

/** The snapshot behind `--dmesg`: the first memory report of a kernel log. */
export function readKernelLog(path: string, files: Pick<TextFiles, 'read'>): ProcfsSnapshot {
  const text = files.read(path);
  if (text !== undefined) return importKernelLog(text, path);
  throw new UserError(`'${path}' is no file`, {
    at: { file: '--dmesg' },
    expected: 'a copy of a kernel log',
  });
}
