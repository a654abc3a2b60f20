/** The part of subset-font that scripts/typeface.mjs uses; the package has no types. */
declare module 'subset-font' {
  interface Options {
    readonly targetFormat?: 'sfnt' | 'woff' | 'woff2';
    readonly keepFeatures?: readonly string[];
    readonly variationAxes?: Readonly<Record<string, number>>;
    readonly keepAllGlyphs?: boolean;
    readonly noHinting?: boolean;
    readonly dropTables?: readonly string[];
  }

  export default function subsetFont(font: Uint8Array, text: string, options?: Options): Promise<Buffer>;
}
