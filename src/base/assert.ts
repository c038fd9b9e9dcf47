/** The program is wrong. Fixed text only: building a message costs even when nothing fails. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** A broken invariant of the simulator: exit code 1, always a bug of gfpsim. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}
