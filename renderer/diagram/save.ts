import type { Diagram } from '#core/diagram/diagram.ts';
import { formatWhole } from '#core/format.ts';
import { startDownload } from '../ui/download.ts';

/** How many times as large a PNG is drawn, best first: three is 300 dpi where the figure is printed at its size. */
const SCALES = [3, 2, 1] as const;
/** What a canvas of Chromium surely takes: pixels of a side, and in all. */
const MOST = { side: 16_384, pixels: 120_000_000 } as const;
/** Milliseconds until a saved picture's memory is given back; by then the browser has read it. */
const KEPT = 60_000;

/** The figure as the address of a picture. */
export function diagramUrl({ svg }: Diagram): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

export function saveSvg(diagram: Diagram, stem: string): void {
  saveBlob(new Blob([diagram.svg], { type: 'image/svg+xml' }), `${stem}.svg`);
}

/** @throws {Error} where the figure is too large for any PNG; the message is for people */
export async function savePng(diagram: Diagram, stem: string): Promise<void> {
  saveBlob(await toPng(diagram, pngScale(diagram)), `${stem}.png`);
}

/** How many times as large as the figure a PNG can be. */
function pngScale({ width, height }: Diagram): number {
  const scale = SCALES.find(
    (times) => Math.max(width, height) * times <= MOST.side && width * height * times ** 2 <= MOST.pixels,
  );
  if (scale !== undefined) return scale;
  const size = `${formatWhole(width)} × ${formatWhole(height)}`;
  throw new Error(`The figure is too large for a PNG (${size} pixels). Save it as SVG, or let it be broken into rows.`);
}

async function toPng(diagram: Diagram, scale: number): Promise<Blob> {
  const image = new Image();
  image.src = diagramUrl(diagram);
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = diagram.width * scale;
  canvas.height = diagram.height * scale;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The browser could not write the PNG. Save the figure as SVG.');
  return blob;
}

function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  startDownload(url, name);
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
}
