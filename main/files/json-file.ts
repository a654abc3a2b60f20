/** What a text holds; undefined where it is no JSON, which schemas then refuse. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
