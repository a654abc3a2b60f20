/** What the command line writes: tried before the training, never at the cost of what is there, never lost at the end. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RunFolder } from '#main/runs/run-folder.ts';
import { writeDigits } from '../idx-files.ts';
import { sharedFolder, temporaryFolder } from '../temporary.ts';
import { root } from './paths.ts';

const BIN = join(root, 'bin', 'convcanvas');
const data = sharedFolder((path) => writeDigits(path, 220));
const isWindows = process.platform === 'win32';

const trainArgs = (...more: readonly string[]) => ['train', 'lenet5', '--data', data, '--device', 'cpu', ...more];

function cli(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

/** A command that runs while something happens to its files. */
function start(cwd: string, ...args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  const listeners: (() => void)[] = [];
  child.stdout!.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const listener of listeners) listener();
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const shows = (text: string) =>
    new Promise<void>((resolve) => {
      listeners.push(() => {
        if (stdout.includes(text)) resolve();
      });
    });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, shows, ended };
}

describe('what is to be written', () => {
  it.skipIf(isWindows)('is tried before anything is read or trained', () => {
    const folder = temporaryFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(join(folder, 'file'), 'mine');
    for (const option of ['--out', '--metrics']) {
      for (const [path, reason] of [
        [join(folder, 'nowhere', 'a'), `there is no folder ${join(folder, 'nowhere')}. Make it first`],
        [folder, 'it is a folder, no file'],
        ['/dev/null', 'it is a device, no file'],
        [join(folder, 'pipe'), 'it is a pipe, no file'],
        [join(folder, 'file', 'a'), 'no folder'],
      ] as const) {
        // The data does not exist: had it been looked for, it would be what is complained about.
        const run = join(folder, 'run');
        const args = ['train', 'lenet5', '--data', '/nowhere', '--device', 'cpu', '--run', run];
        const { code, stderr } = cli(...args, option, path);
        expect([code, stderr]).toEqual([1, expect.stringContaining(`${path} cannot be written: `)]);
        expect(stderr).toContain(reason);
        expect(existsSync(run)).toBe(false);
      }
    }
    for (const args of [
      ['export', 'lenet5', '-o', join(folder, 'nowhere', 'a.onnx')],
      ['diagram', 'lenet5', '--out', join(folder, 'nowhere', 'a.svg')],
    ]) {
      const { code, stderr } = cli(...args);
      expect([code, stderr]).toEqual([1, expect.stringContaining('cannot be written: there is no folder')]);
    }
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['file', 'pipe']);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine');
  });

  it('replaces nothing where the start fails', () => {
    const folder = temporaryFolder();
    const [model, metrics] = [join(folder, 'model.onnx'), join(folder, 'metrics.jsonl')];
    for (const path of [model, metrics]) writeFileSync(path, 'of last week');
    const { code, stderr } = cli('train', 'lenet5', '--data', '/nowhere', '--out', model, '--metrics', metrics);
    expect([code, stderr]).toEqual([1, expect.stringContaining('/nowhere')]);
    for (const path of [model, metrics]) expect(readFileSync(path, 'utf8')).toBe('of last week');
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('is not what the run itself writes, nor twice the same', () => {
    const folder = temporaryFolder();
    const run = join(folder, 'run');
    expect(cli(...trainArgs('--steps', '3', '--run', run, '--out', join(run, 'model.onnx'))).code).toBe(0);
    expect(readdirSync(run)).toContain('model.onnx');
    const before = readFileSync(new RunFolder(run).metrics, 'utf8');
    for (const [option, name] of [
      ['--metrics', 'metrics.jsonl'],
      ['--out', 'checkpoint.safetensors'],
    ] as const) {
      const { code, stderr } = cli('resume', run, option, join(run, name));
      expect([code, stderr]).toEqual([2, expect.stringContaining(`${option} needs a file of its own`)]);
    }
    expect(readFileSync(new RunFolder(run).metrics, 'utf8')).toBe(before);
    const same = join(folder, 'same');
    expect(cli(...trainArgs('--out', same, '--metrics', same)).stderr).toContain('name the same file');
  });
});

describe('what cannot be written at the end', () => {
  it('is written elsewhere: the model', async () => {
    const [place, cwd] = [join(temporaryFolder(), 'place'), temporaryFolder()];
    mkdirSync(place);
    const { shows, ended } = start(cwd, ...trainArgs('--steps', '120', '--out', join(place, 'model.onnx')));
    await shows('epoch 1:');
    rmSync(place, { recursive: true });
    writeFileSync(place, 'a file where the folder was');
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    const [, instead] = /^The model was written to (\S+) instead\.$/m.exec(stderr) ?? [];
    expect(instead).toContain(join(cwd, 'convcanvas-model-'));
    expect(stderr).toContain(`${place} is needed as a folder, but it is a file. Move it away.`);
    expect(cli('evaluate', instead!, '--data', data).code).toBe(0);
    expect(readFileSync(place, 'utf8')).toBe('a file where the folder was');
  });

  it('is written elsewhere: the run, which is said while it trains, and goes on from there', async () => {
    const [drive, cwd] = [join(temporaryFolder(), 'drive'), temporaryFolder()];
    const { shows, ended } = start(cwd, ...trainArgs('--epochs', '6', '--run', join(drive, 'run')));
    await shows('epoch 1:');
    rmSync(drive, { recursive: true });
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr.match(/The run cannot be saved: /g)).toHaveLength(1);
    expect(stderr).toContain('Connect its drive again');
    const [, instead] = /to go on with it: convcanvas resume (\S+)$/m.exec(stderr) ?? [];
    expect(instead).toContain(join(cwd, 'convcanvas-run-'));
    const { info } = await new RunFolder(instead!).open();
    expect(info.fingerprint.data.count).toBe(220);
    const model = join(cwd, 'model.onnx');
    const resumed = cli('resume', instead!, '--out', model);
    expect([resumed.code, resumed.stderr]).toEqual([0, '']);
    expect(existsSync(drive)).toBe(false);
  });
});
