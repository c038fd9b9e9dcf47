import type * as z from 'zod';

/** A type without what a reader of JSON cannot see: readonly, and how it was put together. */
type Shape<T> = T extends readonly (infer E)[]
  ? Shape<E>[]
  : T extends object
    ? { [K in keyof T]-?: Shape<T[K]> | (T extends Record<K, T[K]> ? never : Absent) }
    : T;

interface Absent {
  readonly absent: true;
}

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/**
 * A schema of just this type: a field that the program knows and the schema does not, or the other
 * way round, does not compile. So what is published cannot fall behind what is written.
 */
export function schemaOf<T>() {
  return <S extends z.ZodType>(
    schema: S & (Same<Shape<T>, Shape<z.output<S>>> extends true ? unknown : never),
  ): S => schema;
}
