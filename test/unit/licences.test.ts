/** The check of licences that the build makes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAllowed, keptName } from '../../scripts/licences.mjs';
import { completed } from '../../scripts/notices.mjs';
import { temporaryFolder } from '../temporary.ts';

const MIT = { name: 'fine', version: '1.0.0', identifier: 'MIT', text: 'MIT License' };

/** A project that keeps these texts. */
function project(texts: Readonly<Record<string, string>> = {}): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'assets/licences'), { recursive: true });
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(root, 'assets/licences', file), text);
  return root;
}

describe('a licence', () => {
  it.each([
    'MIT',
    'ISC',
    '0BSD',
    'OFL-1.1',
    '(Apache-2.0 AND BSD-3-Clause)',
    '(MIT OR GPL-3.0-only)',
    'GPL-2.0-or-later OR (MIT AND ISC)',
    'GPL-3.0-only AND MIT OR ISC',
  ])('%s may ship', (expression) => {
    expect(isAllowed(expression)).toBe(true);
  });

  it.each([
    'GPL-3.0-only',
    'GPL-2.0',
    'AGPL-3.0-or-later',
    'LGPL-2.1-only',
    'SSPL-1.0',
    'CC-BY-NC-4.0',
    'MIT AND GPL-3.0-only',
    '(MIT OR ISC) AND LGPL-3.0-only',
    'GPL-2.0-only WITH Classpath-exception-2.0',
    'SEE LICENSE IN LICENSE.txt',
    'UNLICENSED',
    'Commercial',
    'MIT ISC',
    '(MIT',
    'MIT)',
    'MIT OR',
    '',
  ])('%s may not', (expression) => {
    expect(isAllowed(expression)).toBe(false);
  });
});

describe('the packages that ship', () => {
  it('stop the build where one is under a copyleft, or says nothing', () => {
    const copyleft = { name: 'taken', version: '2.0.0', identifier: 'AGPL-3.0-only', text: 'GNU AFFERO' };
    const silent = { name: '@quiet/one', version: '3.0.0', text: 'All rights reserved' };
    const work = () => completed(project(), [MIT, copyleft, silent]);
    expect(work).toThrow(/^taken 2\.0\.0 has the licence "AGPL-3\.0-only", which is not among .*licences\.mjs/m);
    expect(work).toThrow(/^@quiet\/one 3\.0\.0 names no licence/m);
  });

  it('stop the build where one has no text, and it is said where to put it', () => {
    const bare = { name: '@scope/bare', version: '1.2.3', identifier: 'MIT' };
    const where = /^@scope\/bare 1\.2\.3 \(MIT\) holds no licence text: .*assets\/licences\/scope-bare\.txt/;
    expect(() => completed(project(), [bare])).toThrow(where);
    expect(() => completed(project(), [{ ...bare, text: ' \n' }])).toThrow(where);
    expect(completed(project({ [keptName(bare.name)]: 'MIT License\n' }), [bare])).toEqual([
      { ...bare, text: 'MIT License' },
    ]);
  });

  it("prefer a package's own text, and have each version once, by name", () => {
    const other = { ...MIT, name: '@a/other', text: 'ISC' };
    const found = completed(project({ 'fine.txt': 'Old' }), [MIT, other, MIT, { ...MIT, version: '0.9.0' }]);
    expect(found.map(({ name, version, text }) => `${name} ${version} ${text}`)).toEqual([
      '@a/other 1.0.0 ISC',
      'fine 0.9.0 MIT License',
      'fine 1.0.0 MIT License',
    ]);
  });

  it("hand on Apache's licence whole where a text only refers to it", () => {
    const refers = { ...MIT, identifier: 'Apache-2.0', text: 'Licensed under the Apache License, Version 2.0' };
    const [found] = completed(project({ 'Apache-2.0.txt': 'THE TERMS\n' }), [refers]);
    expect(found?.text).toBe(`${refers.text}\n\nTHE TERMS`);
  });
});
