/**
 * Direction of imports: core ← contract ← main | preload | renderer | cli, and core ← disk ← main | cli. Enforced here and
 * by a tsconfig per folder.
 */
const LEAVES = ['main', 'preload', 'renderer', 'cli'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(contract|disk|main|preload|renderer|cli|test|bench)/' },
    },
    {
      name: 'core-is-pure',
      comment: 'No Node, no DOM library, no Electron, no React: core runs everywhere.',
      severity: 'error',
      from: { path: '^core/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: 'node_modules/(zod|onnx-buf|@bufbuild/protobuf)/' },
    },
    {
      name: 'contract-imports-core-only',
      severity: 'error',
      from: { path: '^contract/' },
      to: { path: '^(disk|main|preload|renderer|cli|test|bench)/' },
    },
    {
      name: 'disk-imports-core-only',
      severity: 'error',
      from: { path: '^disk/' },
      to: { path: '^(contract|main|preload|renderer|cli|test|bench)/' },
    },
    {
      name: 'pages-have-no-disk',
      severity: 'error',
      from: { path: '^(preload|renderer)/' },
      to: { path: '^disk/' },
    },
    ...LEAVES.map((leaf) => ({
      name: `${leaf}-stands-alone`,
      severity: 'error',
      from: { path: `^${leaf}/` },
      to: { path: `^(${[...LEAVES.filter((other) => other !== leaf), 'test', 'bench'].join('|')})/` },
    })),
    {
      name: 'electron-only-in-the-shell',
      severity: 'error',
      from: { pathNot: '^(main/electron/|main/index\\.ts|preload/|test/)' },
      to: { path: 'node_modules/electron/' },
    },
    {
      name: 'onnx-runtime-through-one-module',
      comment: 'That module turns its telemetry off before the library is loaded. Types may come from anywhere.',
      severity: 'error',
      from: { pathNot: '^main/training/onnx-runtime\\.ts$' },
      to: { path: '(^|/)onnxruntime-node(/|$)', dependencyTypesNot: ['type-only'] },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^(electron)$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
