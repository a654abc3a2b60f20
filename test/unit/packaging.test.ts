import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BESIDE } from '../../scripts/notices.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);

interface Config {
  readonly files: readonly { readonly filter: readonly string[] }[];
  readonly extraResources: readonly { readonly from: string; readonly to: string }[];
  readonly asarUnpack: readonly string[];
  readonly electronFuses: Readonly<Record<string, boolean>>;
  readonly [platform: string]: unknown;
}
interface Builder {
  getConfig(folder: string, path: string | null, options: null): Promise<Config>;
  validateConfiguration(config: Config, logger: { isEnabled: boolean; add(): void }): Promise<void>;
}

/** electron-builder's own way to read and check its file. */
function builder(): Builder {
  const folder = dirname(require.resolve('electron-builder/package.json'));
  return createRequire(join(folder, 'x.js'))('app-builder-lib/out/util/config/config.js');
}

const logger = { isEnabled: false, add: () => undefined };
const read = () => builder().getConfig(root, null, null);

describe('electron-builder.yml', () => {
  it("satisfies electron-builder's own schema", async () => {
    await builder().validateConfiguration(await read(), logger);
  });

  it('would not, with a mistake in it', async () => {
    const config = { ...(await read()), electronFuses: { runAsNode: 'no' } } as unknown as Config;
    await expect(builder().validateConfiguration(config, logger)).rejects.toThrow('electronFuses');
  });

  it('makes what each system installs', async () => {
    const config = await read();
    const targets = (platform: string) =>
      (config[platform] as { target: readonly { target: string }[] }).target.map(({ target }) => target);
    expect(targets('win')).toEqual(['nsis', 'zip']);
    expect(targets('mac')).toEqual(['dmg']);
    expect(targets('linux')).toEqual(['AppImage', 'deb', 'rpm']);
  });

  it('sets the fuses: no Node in disguise, no inspector, only our own archive', async () => {
    const { electronFuses } = await read();
    expect(electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
    });
  });

  it("unpacks ONNX Runtime's library, and leaves out those of other systems", async () => {
    const config = await read();
    expect(config.asarUnpack).toContain('node_modules/onnxruntime-node/bin/**');
    const systems = { win: 'win32', mac: 'darwin', linux: 'linux' } as const;
    for (const [platform, folder] of Object.entries(systems)) {
      const { files } = config[platform] as { files: readonly string[] };
      const others = Object.values(systems).filter((other) => other !== folder);
      for (const other of others) expect(files.some((glob) => glob.startsWith('!') && glob.includes(other))).toBe(true);
      expect(files).toContain(`!node_modules/onnxruntime-node/bin/napi-v6/${folder}/!(\${arch})/**`);
    }
  });

  it('packages one dependency: everything else is bundled', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(Object.keys(dependencies)).toEqual(['onnxruntime-node']);
  });

  it('packages the notices as a file that people can read', async () => {
    const { extraResources } = await read();
    const notices = 'THIRD-PARTY-NOTICES.txt';
    expect(extraResources).toEqual([
      { from: 'LICENSE', to: 'LICENSE' },
      { from: `out/${notices}`, to: notices },
    ]);
  });

  it('packages no package whose licence the build does not look for', async () => {
    const { files } = await read();
    const leftOut = files
      .flatMap(({ filter }) => filter)
      .flatMap((glob) => /^!node_modules\/\{(.+)\}\/\*\*$/.exec(glob)?.[1]?.split(',') ?? []);
    const needed = [...closure('onnxruntime-node')];
    expect(leftOut).not.toEqual([]);
    expect(needed.filter((name) => !leftOut.includes(name)).sort()).toEqual([...BESIDE].sort());
  });
});

/** A package and all that it needs, as electron-builder collects them. */
function closure(name: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(name)) return found;
  found.add(name);
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
  for (const needed of Object.keys(dependencies)) closure(needed, found);
  return found;
}

/** Where Node looks for what the package at `path` needs, as prefixes of the lock file's paths. */
function foldersFor(path: string): readonly string[] {
  const parts = path.split('/node_modules/');
  return ['', ...parts.map((_, i) => `${parts.slice(0, i + 1).join('/node_modules/')}/`)];
}

describe('the lock file', () => {
  it('pins exact versions and names no download addresses', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });

  it("holds every system's optional packages: npm leaves out what it could not find, and 'npm ci' then refuses", () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !foldersFor(path).some((folder) => `${folder}node_modules/${name}` in packages))
        .map((name) => `${path} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });
});
