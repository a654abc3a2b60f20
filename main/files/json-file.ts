import { jsonSize } from '#core/project/json-size.ts';

/** Nothing that the program writes for itself is nested deeper; what is could not even be written again. */
const MAX_DEPTH = 64;

/** What a text holds; undefined where it is no JSON or is nested too deep, which schemas then refuse. */
export function parseJson(text: string): unknown {
  if (jsonSize(text).depth > MAX_DEPTH) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
