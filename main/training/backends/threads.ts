/** The environment variable that says on how many threads the CPU may train; as many as it has cores where it is not set. */
export const THREADS_VARIABLE = 'CONVCANVAS_THREADS';

const MAX_THREADS = 1024;

/**
 * ONNX Runtime's option for the number of threads.
 *
 * @param text what the variable holds
 * @returns no option where the variable is empty or not set
 * @throws where it is no whole number from 1 to 1024
 */
export function threadOptions(text = process.env[THREADS_VARIABLE] ?? ''): { readonly intraOpNumThreads?: number } {
  if (text.trim() === '') return {};
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > MAX_THREADS) {
    throw new Error(`${THREADS_VARIABLE} needs a whole number from 1 to ${MAX_THREADS}, got "${text}".`);
  }
  return { intraOpNumThreads: count };
}
