import { type InputPosition, UserError } from '../base/user-error.ts';
import { importKernelLog } from './import/kernel-log.ts';
import { importProcfs, importZoneinfo, type ProcfsSnapshot } from './import/procfs-snapshot.ts';

/** How files are reached; a directory has no text of its own. */
export interface SnapshotFiles {
  read(path: string): string | undefined;
  resolve(fromFile: string, written: string): string;
}

/**
 * The snapshot behind `machine.procfs`: a directory with copies of /proc files, or one zoneinfo.
 * @param at where the path is written: it is relative to that file
 */
export function readSnapshot(
  written: string | undefined,
  at: InputPosition,
  files: SnapshotFiles,
): ProcfsSnapshot | undefined {
  if (written === undefined) return undefined;
  // What --set says is relative to where the user stands.
  const path = at.file.startsWith('--') ? written : files.resolve(at.file, written);
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
export function readKernelLog(path: string, files: Pick<SnapshotFiles, 'read'>): ProcfsSnapshot {
  const text = files.read(path);
  if (text !== undefined) return importKernelLog(text, path);
  throw new UserError(`'${path}' is no file`, {
    at: { file: '--dmesg' },
    expected: 'a copy of a kernel log',
  });
}
