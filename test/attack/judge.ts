/** Says whether an error is one that the program itself tells its user. */

/** What a language, a library or the system says when something went wrong that nobody had thought of. */
const RAW = new RegExp(
  [
    ...['Cannot (read|set|convert|destructure|mix|access)', 'is not (a function|iterable|defined|an object)'],
    ...['undefined', 'Unexpected (token|end|string|number|non-white)', 'not valid JSON', 'JSON at', 'Invalid input'],
    ...[
      'Invalid (array|typed array|string|date|time|count|option|URL)',
      'expected .* received',
      '[Oo]ffset',
      'call stack',
    ],
    ...['out of (range|bounds)', '\\[object ', '\\bNaN\\b', 'BigInt', 'Symbol\\(', 'ERR_[A-Z]', '\\n\\s+at ', '✖'],
    ...['\\b(ENOENT|EACCES|EISDIR|ENOTDIR|EINVAL|EMFILE|ENAMETOOLONG|ELOOP|EPERM)\\b', 'null bytes', 'Too (big|small)'],
  ].join('|'),
);

/** What is wrong with a message for people; undefined where nothing is. What it quotes of an input is not looked at. */
export function rawMessage(message: string): string | undefined {
  const own = message.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/got [^;]*$/s, 'got');
  const [found] = RAW.exec(own) ?? [];
  if (found !== undefined) return `raw message (${found}): ${message.slice(0, 300)}`;
  return message.trim() === '' ? 'an error without a message' : undefined;
}

/** The program's own errors, and plain ones, whose message is a sentence of the program. */
const OWN = new Set([
  ...['Error', 'DesignFileError', 'OnnxError', 'ModelError', 'DataSetError', 'UsageError', 'CallError', 'WriteError'],
  ...['LockedError', 'NotPrivateError', 'FileError', 'NotTrainableError'],
]);

/** What is wrong with an error that a reader gave; undefined where it is one for people. */
export function rawError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return `threw ${String(error)}, which is no error`;
  const kind = error.constructor.name;
  const where = error.stack?.split('\n').slice(1, 4).join(' ') ?? '';
  if (!OWN.has(kind)) return `${kind}: ${error.message.slice(0, 200)}${where}`;
  if (kind === 'Error' && 'code' in error) return `an error of the system: ${error.message}${where}`;
  return rawMessage(error.message);
}
