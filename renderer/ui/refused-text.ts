import { create } from 'zustand';

/** Text that a field refused. It is kept while the field is not on the page: its layer, or its tab, may be shown again. */
export interface RefusedText {
  readonly text: string;
  /** The value in force, as it was written then: it ends when that changes. */
  readonly inForce: string;
}

const useRefusedTexts = create<{ readonly texts: ReadonlyMap<string, RefusedText> }>()(() => ({ texts: new Map() }));

/** Between the parts of a key: what the field belongs to, its name, its part. No id or name of a layer holds it. */
const SEPARATOR = '/';

export function keyOfField(...parts: readonly string[]): string {
  return parts.join(SEPARATOR);
}

export function useRefusedText(key: string): RefusedText | undefined {
  return useRefusedTexts(({ texts }) => texts.get(key));
}

export function keepRefusedText(key: string, refused: RefusedText): void {
  useRefusedTexts.setState(({ texts }) => ({ texts: new Map(texts).set(key, refused) }));
}

export function dropRefusedText(key: string): void {
  dropRefusedTexts((one) => one === key);
}

export function dropRefusedTexts(isOver: (key: string) => boolean): void {
  const { texts } = useRefusedTexts.getState();
  const kept = [...texts].filter(([key]) => !isOver(key));
  if (kept.length < texts.size) useRefusedTexts.setState({ texts: new Map(kept) });
}

/** How many of these fields hold text that they refused. */
export function useRefusedCount(fields: readonly string[]): number {
  return useRefusedTexts(({ texts }) => {
    if (texts.size === 0) return 0;
    const isOf = (key: string) => fields.some((field) => key === field || key.startsWith(field + SEPARATOR));
    return [...texts.keys()].filter(isOf).length;
  });
}
