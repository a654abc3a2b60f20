/** `npm run icons`: renders assets/icon.svg to the sizes that systems ask for. Run it after the drawing has changed. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { root } from './setup.mjs';

const LARGE = 1024;
const LINUX_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];

const assets = join(root, 'assets');
const svg = readFileSync(join(assets, 'icon.svg'));
mkdirSync(join(assets, 'icons'), { recursive: true });

/** @param {number} size @param {string} path */
async function render(size, path) {
  // The drawing is 512 units wide: 72 dpi draw it 512 pixels wide.
  await sharp(svg, { density: (72 * size) / 512 })
    .resize(size, size)
    .png({ compressionLevel: 9, palette: true })
    .toFile(path);
}

await render(LARGE, join(assets, 'icon.png'));
for (const size of LINUX_SIZES) await render(size, join(assets, 'icons', `${size}x${size}.png`));
