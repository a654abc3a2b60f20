import type { Category } from '#core/layers/define.ts';

/** A category as it stands in style sheets. */
export function categoryClass(category: Category | undefined): string {
  return category?.toLowerCase() ?? 'unknown';
}
