import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { BUNDLED } from './scripts/notices.mjs';

const here = import.meta.dirname;
const { version } = JSON.parse(readFileSync(resolve(here, 'package.json'), 'utf8')) as { version: string };
const define = { __VERSION__: JSON.stringify(version) };

/** Vite writes which packages each bundle holds, with their licences; scripts/notices.mjs checks and joins these lists. */
const license = { fileName: BUNDLED };

/** Node 20 runs the server and the command line; Electron's own Node is newer. */
const NODE_TARGET = 'node20.19';

export default defineConfig({
  main: {
    define,
    build: {
      outDir: 'out/main',
      // Read by a test that looks for packages in the bundle.
      sourcemap: 'hidden',
      license,
      target: NODE_TARGET,
      // Only what package.json calls a dependency stays outside the bundle: ONNX Runtime, with its native library.
      externalizeDeps: true,
      rolldownOptions: {
        input: {
          index: resolve(here, 'main/index.ts'),
          training: resolve(here, 'main/training/process.ts'),
          'image-worker': resolve(here, 'main/datasets/image-worker.ts'),
          server: resolve(here, 'main/server/index.ts'),
          cli: resolve(here, 'cli/index.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // Read by a test that looks for packages in the bundle.
      sourcemap: 'hidden',
      license,
      // A sandboxed preload must be one CommonJS file.
      rolldownOptions: {
        input: { index: resolve(here, 'preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: resolve(here, 'renderer'),
    base: './',
    define,
    plugins: [react()],
    build: {
      outDir: resolve(here, 'out/renderer'),
      license,
      target: 'chrome130',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      minify: true,
      sourcemap: true,
      // Read from disk, not over a network: one file is best.
      chunkSizeWarningLimit: 4000,
      rolldownOptions: { input: resolve(here, 'renderer/index.html') },
    },
  },
});
