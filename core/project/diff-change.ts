/** Something that differs: as it is in the first design, and in the second. */
export interface Change<T> {
  readonly before: T;
  readonly after: T;
}

/** The change, or undefined where `same` says that there is none. */
export function changeOf<T>(before: T, after: T, same: (a: T, b: T) => boolean = Object.is): Change<T> | undefined {
  return same(before, after) ? undefined : { before, after };
}
