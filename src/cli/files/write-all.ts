import { writeSync } from 'node:fs';
import { UserError } from '../../base/user-error.ts';

/** All of it before it returns, into what may be a pipe. */
export function writeAll(descriptor: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A pipe that nobody reads any more; a full one is tried again.
      if (code === 'EPIPE') process.exit(0);
      if (code === 'ENOSPC') throw new UserError('the disk is full', { at: { file: 'stdout' } });
      if (code !== 'EAGAIN') throw error;
    }
  }
}
