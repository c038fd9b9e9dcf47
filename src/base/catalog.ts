import { suggestion } from './suggest.ts';
import { UserError } from './user-error.ts';

/** What every plug-in says of itself; `name` is the name of its file. */
export interface Named {
  readonly name: string;
  readonly summary: string;
  /** Other names under which it is found, too. */
  readonly aliases?: readonly string[];
}

/**
 * Plug-ins of one kind in the order of their names, never of their loading.
 * `get` of an unknown name is the user's mistake and says the nearest right one.
 */
export class Catalog<T extends Named> {
  readonly kind: string;
  readonly #byName: ReadonlyMap<string, T>;
  readonly #byAlias: ReadonlyMap<string, T>;

  constructor(kind: string, entries: Iterable<T>) {
    this.kind = kind;
    const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    this.#byName = new Map(sorted.map((entry) => [entry.name, entry]));
    if (this.#byName.size !== sorted.length) throw new Error(`two ${kind}s share one name`);
    const aliased = sorted.flatMap((entry) =>
      (entry.aliases ?? []).map((name): [string, T] => [name, entry]),
    );
    this.#byAlias = new Map(aliased);
  }

  names(): string[] {
    return [...this.#byName.keys()];
  }

  all(): T[] {
    return [...this.#byName.values()];
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** The name of what is known under this one; an unknown name stays as it is. */
  nameOf(written: string): string {
    return this.#byAlias.get(written)?.name ?? written;
  }

  get(name: string): T {
    const entry = this.#byName.get(name) ?? this.#byAlias.get(name);
    if (entry !== undefined) return entry;
    throw new UserError(`unknown ${this.kind} '${name}'`, { hint: suggestion(name, this.names()) });
  }

  /** The same catalog with more entries, such as a variant from the command line. */
  with(...more: T[]): Catalog<T> {
    return new Catalog(this.kind, [...this.all(), ...more]);
  }
}
