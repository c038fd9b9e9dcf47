import { type InputPosition, UserError } from '../base/user-error.ts';

/** Where a value stands, and its key. */
export interface Place {
  readonly value?: InputPosition;
  readonly key?: InputPosition;
}

export type Path = readonly (string | number)[];

/** Which place of which input each path of a scenario came from. */
export class Places {
  readonly #byPath = new Map<string, Place>();

  note(path: Path, place: Place): void {
    const key = keyOf(path);
    this.#byPath.set(key, { ...this.#byPath.get(key), ...place });
  }

  /** The place of exactly this path. */
  at(path: Path): Place | undefined {
    return this.#byPath.get(keyOf(path));
  }

  /** The position of a path or of the nearest enclosing one that stands in the input. */
  nearest(path: Path): InputPosition | undefined {
    for (let length = path.length; length >= 0; length--) {
      const place = this.#byPath.get(keyOf(path.slice(0, length)));
      const position = place?.value ?? place?.key;
      if (position !== undefined) return position;
    }
    return undefined;
  }

  /** Takes over the places at and below a path from another input. */
  takeOver(path: Path, from: Places): void {
    const prefix = keyOf(path);
    this.#forgetUnder(prefix);
    for (const [key, place] of from.#byPath) {
      if (key === prefix || key.startsWith(prefix + SEPARATOR)) this.#byPath.set(key, place);
    }
  }

  /** Takes over the place of one path, not of what is below it. */
  takeOverOnly(path: Path, from: Places): void {
    const place = from.at(path);
    if (place !== undefined) this.#byPath.set(keyOf(path), place);
  }

  forget(path: Path): void {
    this.#forgetUnder(keyOf(path));
  }

  #forgetUnder(prefix: string): void {
    for (const key of [...this.#byPath.keys()]) {
      if (key === prefix || key.startsWith(prefix + SEPARATOR)) this.#byPath.delete(key);
    }
  }
}

/** Keys may hold dots, as variant names do; no key holds this. */
const SEPARATOR = '\u0000';

function keyOf(path: Path): string {
  return path.map((part) => SEPARATOR + part).join('');
}

/** How a path is shown and written on the command line: machine.free.DMA, load.0.params.size. */
export function formatPath(path: Path): string {
  return path.join('.');
}

/** Runs a check; a mistake that knows no place of its own gets this one. */
export function locate<T>(at: InputPosition, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof UserError) || error.detail.at !== undefined) throw error;
    throw new UserError(error.message, { at, exitCode: error.exitCode });
  }
}
