/** Which licences packages that ship may have. */

/**
 * Licences that ask for no more than their text being handed on, as SPDX names them. A package under another one is refused by
 * the build until somebody has read it.
 */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'OFL-1.1',
  'Unlicense',
  'Zlib',
]);

/**
 * Whether an SPDX expression leaves a choice that is allowed: "MIT", "(MIT OR GPL-3.0-only)", "Apache-2.0 AND ISC". AND binds
 * more closely than OR. What is no such expression is not allowed, nor are exceptions (WITH).
 *
 * @param {string} expression
 */
export function isAllowed(expression) {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  /** @param {string} token */
  const take = (token) => {
    if (tokens[at] !== token) return false;
    at += 1;
    return true;
  };
  const one = () => {
    if (!take('(')) return ALLOWED.has(tokens[at++] ?? '');
    const inner = any();
    return take(')') && inner;
  };
  const all = () => {
    let allowed = one();
    while (take('AND')) allowed = one() && allowed;
    return allowed;
  };
  /** @returns {boolean} */
  const any = () => {
    let allowed = all();
    while (take('OR')) allowed = all() || allowed;
    return allowed;
  };
  return any() && at === tokens.length;
}

/**
 * Why a package cannot ship, in a sentence that says what to do; undefined where it can.
 *
 * @param {import('./notices.mjs').Package} found
 */
export function refusal({ name, version, identifier, text }) {
  if (identifier === undefined || !isAllowed(identifier)) {
    const licence = identifier === undefined ? 'names no licence' : `has the licence "${identifier}"`;
    return `${name} ${version} ${licence}, which is not among those that scripts/licences.mjs allows: do without the package, or read its licence and add it there.`;
  }
  if (text === undefined || text.trim() === '') {
    return `${name} ${version} (${identifier}) holds no licence text: put the one of its repository into assets/licences/${keptName(name)}, and say in the README there where it is from.`;
  }
  return undefined;
}

/**
 * The file of assets/licences for a package that holds no text: "@scope/name" is in scope-name.txt.
 *
 * @param {string} name
 */
export function keptName(name) {
  return `${name.replace('@', '').replaceAll('/', '-')}.txt`;
}
