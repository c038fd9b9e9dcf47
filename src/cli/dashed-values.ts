import type { Command, CommandOption } from './command.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';

/**
 * Joins `--precision -5%` into `--precision=-5%`, and `--procfs -` likewise. A parser of options
 * takes `-5%` for the options 5 and %, and `-` for a word by itself; what the user has written is
 * a value, and its option knows best what is wrong with it.
 */
export function joinDashedValues(words: readonly string[], commands: readonly Command[]): string[] {
  const command = commands.find(({ name }) => words.includes(name));
  const options = Object.entries({ ...command?.options, ...GLOBAL_OPTIONS });
  const takesValue = new Set(
    options.filter(([, { type }]) => type === 'string').flatMap(spellings),
  );
  const joined: string[] = [];
  for (const [i, word] of words.entries()) {
    if (isDashedValue(word) && takesValue.has(words[i - 1] ?? '')) {
      joined[joined.length - 1] += `=${word}`;
    } else joined.push(word);
  }
  return joined;
}

/** A number below zero, or the dash that stands for stdin or stdout. */
export function isDashedValue(word: string): boolean {
  return word === '-' || /^-\.?\d/.test(word);
}

function spellings([name, { alias }]: readonly [string, CommandOption]): string[] {
  return [`--${name}`, ...[alias ?? []].flat().map((letter) => `-${letter}`)];
}
