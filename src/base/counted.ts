/** `1 run`, `2 runs`: a count with its noun, whose plural takes an s. */
export function counted(n: number, noun: string): string {
  return `${n} ${n === 1 ? noun : `${noun}s`}`;
}
