import { defineConfig } from 'vitest/config';
import { NO_TELEMETRY } from './contract/telemetry.ts';
import { THREADS_VARIABLE } from './main/training/backends/threads.ts';

// The tests' own processes load ONNX Runtime, too: without its telemetry (docs/decisions/0020).
Object.assign(process.env, NO_TELEMETRY);

const CORE_TESTS = 'test/unit/core/**/*.test.ts';

export default defineConfig({
  define: { __VERSION__: JSON.stringify('0.0.0-test') },
  test: {
    pool: 'forks',
    // On a busy machine everything takes many times as long; no test says anything about time.
    expect: { poll: { timeout: 30_000, interval: 100 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          exclude: [CORE_TESTS],
          testTimeout: 60_000,
          // As a small machine does it, whatever this one has.
          env: { [THREADS_VARIABLE]: '2' },
        },
      },
      {
        extends: true,
        // Core keeps no state: its files can share what they import, which takes longer than most of their tests.
        test: { name: 'unit-core', include: [CORE_TESTS], testTimeout: 60_000, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/electron/**/*.test.ts'],
          testTimeout: 300_000,
          // Several train at once: threads that wait for each other would wait for those of other tests, too.
          env: { [THREADS_VARIABLE]: '1' },
          hookTimeout: 120_000,
          // More than there are processors in a small machine: most of them wait for something most of the time.
          maxWorkers: 4,
        },
      },
    ],
  },
});
