/**
 * The licences of all that ships: the packages in the bundles, as Vite lists them, and those beside them. Written for the
 * page (About ConvCanvas) and as a text that the packages carry. Node only.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keptName, refusal } from './licences.mjs';

/**
 * A package as Vite lists it; `identifier` is an SPDX expression.
 *
 * @typedef {{ name: string, version: string, identifier?: string, text?: string }} Package
 */

/** What Vite writes beside each bundle (`build.license`). */
export const BUNDLED = 'bundled-packages.json';
/** What is packaged as it is: see electron-builder.yml, which leaves out what these need for installing only. */
export const BESIDE = ['onnxruntime-node', 'onnxruntime-common'];
/** The bundler puts functions of its own into the bundles. */
const BUNDLER = 'rolldown';

const PAGE_FILE = 'out/renderer/licences/third-party.json';
const TEXT_FILE = 'out/THIRD-PARTY-NOTICES.txt';
const APACHE_TERMS = 'TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION';

/**
 * The same packages, with texts from assets/licences where they hold none, each once and in the order of their names.
 *
 * @param {string} root
 * @param {readonly Package[]} packages
 * @returns {readonly Required<Package>[]}
 * @throws {Error} with a sentence for each that cannot ship
 */
export function completed(root, packages) {
  const once = new Map(packages.map((found) => [`${found.name} ${found.version}`, withText(root, found)]));
  const sorted = [...once.values()].sort((a, b) => (plain(a) < plain(b) ? -1 : 1));
  const refusals = sorted.flatMap((found) => refusal(found) ?? []);
  if (refusals.length > 0) throw new Error(refusals.join('\n'));
  return /** @type {Required<Package>[]} */ (sorted);
}

/** @param {Package} found */
function plain({ name, version }) {
  return `${name.replace('@', '')} ${version}`;
}

/**
 * @param {string} root
 * @param {Package} found
 * @returns {Package}
 */
function withText(root, found) {
  const kept = join(root, 'assets/licences', keptName(found.name));
  const text = found.text ?? (existsSync(kept) ? readFileSync(kept, 'utf8').trim() : undefined);
  if (text === undefined) return found;
  // Many only refer to the licence, which itself wants to be handed on whole.
  const refers = /Apache License,\s+Version 2\.0/.test(text) && !text.includes(APACHE_TERMS);
  const terms = refers ? `\n\n${readFileSync(join(root, 'assets/licences/Apache-2.0.txt'), 'utf8').trimEnd()}` : '';
  return { ...found, text: text + terms };
}

/**
 * A package of node_modules, with its own licence text where it holds one.
 *
 * @param {string} root
 * @param {string} name
 * @returns {Package}
 */
function installed(root, name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = join(folder, 'LICENSE');
  return {
    name,
    version,
    identifier: license,
    ...(existsSync(file) && { text: readFileSync(file, 'utf8').trim() }),
  };
}

/**
 * ONNX Runtime's library holds code of others. Its npm package does not carry their notices; its Python package does.
 *
 * @param {string} root
 * @returns {Required<Package>}
 */
function insideOnnxRuntime(root) {
  const { version } = installed(root, 'onnxruntime-node');
  const source = `https://github.com/microsoft/onnxruntime/blob/v${version}/ThirdPartyNotices.txt`;
  const file = `assets/licences/onnxruntime-${version}-ThirdPartyNotices.txt`;
  if (!existsSync(join(root, file))) {
    throw new Error(`The notices of what is in ONNX Runtime ${version} are missing: put ${source} into ${file}.`);
  }
  const note = [
    "ONNX Runtime's library holds code of others. These are the notices that its Python",
    `package ${version} carries, and that its makers publish at`,
    `${source};`,
    'its npm package, which ships here, carries none. They cover all that ONNX Runtime can',
    'be built with, so they may name more than this library holds. The source of Eigen,',
    'which is under the Mozilla Public License, is at https://gitlab.com/libeigen/eigen.',
    '',
    'On Windows, DirectML.dll, dxcompiler.dll and dxil.dll lie beside it. They are of',
    'Microsoft, under terms that are not below: the first under those of',
    'https://www.nuget.org/packages/Microsoft.AI.DirectML, the others under those of',
    'https://github.com/microsoft/DirectXShaderCompiler and its releases.',
  ].join('\n');
  return {
    name: 'ONNX Runtime: what its library holds of others',
    version,
    identifier: 'several',
    text: `${note}\n\n${readFileSync(join(root, file), 'utf8').trim()}`,
  };
}

/**
 * Joins what Vite wrote beside the bundles with what ships beside them, for the page and as a text.
 *
 * @param {string} root
 * @throws {Error} with a sentence for each package that cannot ship: without a text, or under a licence that is not allowed
 */
export function writeNotices(root) {
  const bundled = ['main', 'preload', 'renderer'].flatMap(
    (bundle) => /** @type {Package[]} */ (JSON.parse(readFileSync(join(root, 'out', bundle, BUNDLED), 'utf8'))),
  );
  const beside = [...BESIDE, BUNDLER].map((name) => installed(root, name));
  const all = [...completed(root, [...bundled, ...beside]), insideOnnxRuntime(root)];
  mkdirSync(dirname(join(root, PAGE_FILE)), { recursive: true });
  writeFileSync(join(root, PAGE_FILE), JSON.stringify(all));
  writeFileSync(join(root, TEXT_FILE), asText(all));
}

const LINE = '='.repeat(80);
const HEAD = `ConvCanvas holds software of others, under the licences below. Its own is in LICENSE.
Electron's and Chromium's are in LICENSE.electron.txt and LICENSES.chromium.html.
`;

/** @param {readonly Required<Package>[]} all */
function asText(all) {
  const parts = all.map(
    ({ name, version, identifier, text }) => `${LINE}\n${name} ${version} (${identifier})\n${LINE}\n\n${text}\n`,
  );
  return [HEAD, ...parts].join('\n');
}
