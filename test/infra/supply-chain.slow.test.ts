import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { build } from 'vite';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '#lib/handlers.ts';
import { notices, packageFolders } from '#lib/notices.ts';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { handlers } from './synth.ts';

const manifestOf = (folder: string): { name: string; version: string; license: string } =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** Licences that ask for no more than to be passed on with the code. */
const permissive = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'MPL-2.0', 'OFL-1.1'];

describe('third-party notices', () => {
  const bundles = [...handlers()].filter(([, { packages }]) => packages.length > 0);

  test.for(bundles)('the function %s has the licence of every package in it', ([, { packages }]) => {
    const text = notices(packages);
    for (const { name, version, license } of packages.map(manifestOf)) {
      expect(permissive).toContain(license);
      expect(text).toContain(`${name} ${version} (${license})`);
    }
    expect(text).toMatch(/permission|licen[cs]e/i);
  });

  test('a licence that packages share is there once, and what is of this project is no package', () => {
    const [, { packages }] = bundles.find(([name]) => name === 'media') ?? expect.unreachable();
    const titles = notices(packages).match(/^\s*Apache License$/gm) ?? [];
    expect(packages.length).toBeGreaterThan(10);
    expect(titles.length).toBeLessThan(packages.length / 2);
    expect(packageFolders(['core/x.ts', '/a/node_modules/@b/c/node_modules/d/e.js'])).toEqual([
      '/a/node_modules/@b/c/node_modules/d',
    ]);
  });

  test('the page has the licence of every package in its scripts, and of its font', async () => {
    const files = new Set<string>();
    const collect = {
      name: 'collect',
      generateBundle(this: { getModuleIds(): Iterable<string> }) {
        for (const id of this.getModuleIds()) files.add(id);
      },
    };
    const root = path.join(projectRoot, 'web');
    const built = await build({ root, logLevel: 'silent', plugins: [collect], build: { write: false } });
    const output = 'output' in built ? built.output : expect.unreachable();
    const assets = output.flatMap((file) => (file.type === 'asset' ? file : []));
    for (const { originalFileNames } of assets)
      for (const file of originalFileNames) files.add(path.resolve(root, file));
    const text = assets
      .flatMap(({ fileName, source }) => (fileName.startsWith('third-party') ? source : []))
      .join('\n');
    const names = packageFolders([...files]).map((folder) => manifestOf(folder));
    expect(names.map(({ name }) => name)).toContain('@fontsource-variable/inter');
    expect(names.map(({ name }) => name)).toContain('preact');
    for (const { name, version, license } of names) {
      expect(permissive).toContain(license);
      expect(text).toContain(license === 'OFL-1.1' ? 'SIL OPEN FONT LICENSE Version 1.1' : `${name} - ${version}`);
    }
  });
});

test('no package runs a script at its installation, but node, which puts its binary in place', () => {
  const withScripts = Object.entries<object>(lock.packages).flatMap(([key, locked]) =>
    'hasInstallScript' in locked ? key.replace(/^.*node_modules\//, '') : [],
  );
  const decided: Record<string, boolean> = manifest.allowScripts;
  expect(Object.keys(decided).toSorted()).toEqual([...new Set(withScripts)].toSorted());
  expect(Object.keys(decided).filter((name) => decided[name])).toEqual(['node']);
});

test('the packages have the version of the whole, of which the client names that of the protocol', () => {
  const { version } = manifest;
  for (const name of ['client', 'local', 'protocol'])
    expect(manifestOf(path.join(projectRoot, name)).version).toBe(version);
  expect(lock.packages.client.dependencies['storm-chat-protocol']).toBe(version);
});

test('the bill of materials has every package of the lock, with its version', () => {
  const npm = { cwd: projectRoot, maxBuffer: 64 * 1024 * 1024 };
  const bill = JSON.parse(execFileSync('npm', ['run', '--silent', 'sbom'], npm).toString());
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX' });
  const listed = new Set(
    bill.components.map(({ group, name, version }: Record<string, string>) =>
      [group === undefined ? name : `${group}/${name}`, version].join('@'),
    ),
  );
  for (const name of ['preact', 'sharp', '@aws-sdk/client-dynamodb'] as const)
    expect(listed).toContain(`${name}@${lock.packages[`node_modules/${name}`].version}`);
});
