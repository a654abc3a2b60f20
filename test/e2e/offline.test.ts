/** Nothing leaves the computer: no contact with another machine, no file in the user's cache or temporary folders. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contactsIn, isolationObstacle, runIsolated } from '../isolated.ts';
import { temporaryFolder } from '../temporary.ts';
import { built, root } from './paths.ts';

const obstacle = isolationObstacle();
const skipped = obstacle === undefined ? '' : ` (skipped: ${obstacle})`;
/** Longer than ONNX Runtime's telemetry waits before it sends: some ten seconds. */
const SECONDS = 25;

const node = (code: string, ...args: readonly string[]) => [
  process.execPath,
  '--input-type=module',
  '--eval',
  code,
  ...args,
];

describe.skipIf(obstacle !== undefined)(`in a network of its own${skipped}`, () => {
  it('ONNX Runtime alone is caught, so that the tests below can fail', async () => {
    const folder = temporaryFolder();
    const model = join(folder, 'model.onnx');
    const load = `
      import { createRequire } from 'node:module';
      const { InferenceSession } = createRequire(${JSON.stringify(join(root, 'package.json'))})('onnxruntime-node');
      await InferenceSession.create(process.argv[1]);
      setTimeout(() => {}, 1e9);`;
    const train = [process.execPath, built('main/cli.js'), 'export', 'lenet5', '-o', model];
    expect(await runIsolated(temporaryFolder(), train, { seconds: SECONDS })).toMatchObject({ code: 0 });
    const traces = await runIsolated(temporaryFolder(), node(load, model), { seconds: SECONDS });
    const note = 'If an update of ONNX Runtime has no telemetry any more, change docs/decisions/0020 and this test.';
    expect(traces.files, note).not.toEqual([]);
    expect(traces.contacts, note).not.toEqual([]);
  });

  it('train contacts nobody and leaves nothing behind', async () => {
    const out = join(temporaryFolder(), 'model.onnx');
    const words = ['train', 'lenet5', '--data', 'builtin:digits', '--epochs', '10000', '--out', out];
    const traces = await runIsolated(temporaryFolder(), [process.execPath, join(root, 'bin/convcanvas'), ...words], {
      seconds: SECONDS,
    });
    expect(traces.output).toContain('model.onnx');
    expect(traces).toMatchObject({ contacts: [], files: [] });
  });

  it('a session of the server with a page contacts nobody and leaves nothing behind', async () => {
    const code = `
      import { runnerImport } from ${JSON.stringify(join(root, 'node_modules/vite/dist/node/index.js'))};
      const options = { root: ${JSON.stringify(root)}, logLevel: 'error', define: { __VERSION__: '"test"' } };
      const { module } = await runnerImport(${JSON.stringify(join(root, 'test/e2e/offline-session.ts'))}, options);
      await module.session(process.argv[1]);
      process.exit(0);`;
    const traces = await runIsolated(temporaryFolder(), node(code, temporaryFolder()), { seconds: 200 });
    expect(traces.output).toMatch(/exported after \d+ steps/);
    expect(traces).toMatchObject({ contacts: [], files: [] });
  });
});

describe('the record of system calls', () => {
  it('is searched for other machines, by both kinds of address', () => {
    const record = [
      '1 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.1.2.3")}, 16) = 0',
      '1 connect(5, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2603::1", &sin6_addr), sin6_scope_id=0}, 28) = -1',
      '1 sendto(5, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("8.8.8.8")}, 16) = 1',
      '1 connect(5, {sa_family=AF_INET, sin_port=htons(5377), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
      '1 bind(5, {sa_family=AF_INET6, sin6_port=htons(0), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
      '1 connect(5, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT',
    ];
    expect(contactsIn(record.join('\n'))).toEqual(record.slice(0, 3));
  });
});
