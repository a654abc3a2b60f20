/** A file as it was parsed from JSON, of some version. */
type Versioned = { readonly version: number };

/**
 * What brings a design file from each version to the next. A file of any version goes through all that follow its own, so
 * that the parser knows the newest form only; test/fixtures/designs keeps a file of each version.
 */
const MIGRATIONS: { readonly [from: number]: (file: Versioned) => Versioned } = {
  // Version 2 added `id` and `data`, which may both be missing.
  1: (file) => ({ ...file, version: 2 }),
};

/** @returns the file in the form of `version`, or as it is where no migration leads there */
export function migrated(file: Versioned, version: number): Versioned {
  let current = file;
  while (current.version < version) {
    const next = MIGRATIONS[current.version];
    if (next === undefined) break;
    current = next(current);
  }
  return current;
}
