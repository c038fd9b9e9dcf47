import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

// NAME.HOST-PID-THREAD.tmp: what is written there is moved to its place as soon as it is whole.

const HERE = `.${hostname()}-`;
const REST = /^(\d+)-\d+\.tmp$/;
const STALE_MS = 24 * 3_600_000;

/** No two threads of any process on any host write the same one. */
export function temporaryFor(path: string): string {
  return `${path}${HERE}${process.pid}-${threadId}.tmp`;
}

/**
 * Removes what killed processes left half written in a folder: those of this host at once, those
 * of others, which may still be at work, after a day.
 */
export function sweepTemporaries(folder: string, nowMs: number): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const ageMs = nowMs - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs);
    if (ageMs > STALE_MS || isOfTheDead(name)) rmSync(path, { force: true });
  }
}

function isOfTheDead(name: string): boolean {
  const at = name.lastIndexOf(HERE);
  const pid = at < 0 ? undefined : REST.exec(name.slice(at + HERE.length))?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
