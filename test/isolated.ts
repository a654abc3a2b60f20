/** Runs programs with a network and folders of their own, and says what they asked of the one and left in the others. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { rootCertificates } from 'node:tls';

/** As root, or as a user who may make a user namespace of their own. */
const WAYS = [
  ['unshare', '-n'],
  ['unshare', '-rn'],
] as const;

function works(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function isolation(): readonly string[] | undefined {
  return WAYS.find(([command, ...args]) => works(command, ...args, 'ip', 'link', 'set', 'lo', 'up'));
}

/** Why programs cannot be isolated here, or undefined where they can. */
export function isolationObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are a part of Linux';
  if (!works('strace', '-V')) return 'strace is not installed';
  if (isolation() === undefined) return 'unshare -n is not allowed, or unshare or ip is not installed';
  return undefined;
}

/** Variables that keep ONNX Runtime from reporting, set by whoever runs the tests: they must not help. */
const SILENCING: ReadonlySet<string> = new Set([
  'ORT_DISABLE_TELEMETRY',
  // What it takes for the mark of a build server.
  'CI',
  'TF_BUILD',
  'GITHUB_ACTIONS',
  'GITLAB_CI',
  'CIRCLECI',
  'TRAVIS',
  'JENKINS_URL',
  'CODEBUILD_BUILD_ID',
  'BUILDKITE',
  'TEAMCITY_VERSION',
  'APPVEYOR',
  'BITBUCKET_BUILD_NUMBER',
]);

export interface Traces {
  readonly code: number | null;
  /** Standard output and error. */
  readonly output: string;
  /** System calls that named an internet address other than this machine's own. */
  readonly contacts: readonly string[];
  /** Files in the home, cache and temporary folders. */
  readonly files: readonly string[];
}

/**
 * Runs a program where there is no network but its own, and every system call about the network is recorded, with a new
 * home, cache and temporary folder. Certificates are there: without them ONNX Runtime does not even try to send.
 *
 * @param folder an empty one
 * @param seconds after which it gets an interrupt, as from Ctrl-C
 */
export async function runIsolated(
  folder: string,
  command: readonly string[],
  { env = {}, seconds }: { readonly env?: Readonly<Record<string, string>>; readonly seconds: number },
): Promise<Traces> {
  const way = isolation();
  if (way === undefined) throw new Error('Programs cannot be isolated here.');
  const [home, cache, temporary] = ['home', 'cache', 'temporary'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [home, cache, temporary]) mkdirSync(path);
  const certificates = join(folder, 'certificates.pem');
  writeFileSync(certificates, rootCertificates.slice(0, 3).join('\n'));
  const trace = join(folder, 'trace');
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SILENCING.has(name)));
  const script = `ip link set lo up && exec strace -f -qq --seccomp-bpf -e trace=%network -o "$TRACE" timeout -s INT ${seconds} "$@"`;
  const child = spawn(way[0] as string, [...way.slice(1), 'sh', '-c', script, 'sh', ...command], {
    env: {
      ...inherited,
      HOME: home,
      XDG_CACHE_HOME: cache,
      TMPDIR: temporary,
      SSL_CERT_FILE: certificates,
      TRACE: trace,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const filesIn = (path: string) =>
    readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [] : [relative(folder, join(entry.parentPath, entry.name))],
    );
  return {
    code,
    output,
    contacts: contactsIn(readFileSync(trace, 'utf8')),
    files: [home, cache, temporary].flatMap(filesIn),
  };
}

const LOCAL =
  /inet_addr\("(127\.\d+\.\d+\.\d+|0\.0\.0\.0)"\)|inet_pton\(AF_INET6, "(::1|::|::ffff:127\.\d+\.\d+\.\d+)"/;

/** The lines of strace's record that name an internet address of another machine. */
export function contactsIn(record: string): readonly string[] {
  return record.split('\n').filter((line) => /sa_family=AF_INET6?\b/.test(line) && !LOCAL.test(line));
}
