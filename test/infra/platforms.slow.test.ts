import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { unbundled } from '#lib/handlers.ts';
import { lambdaPackages } from '#lib/lambda-packages.ts';
import { copyPackages } from '#lib/packages.ts';
import cdkJson from '../../cdk.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { stackOf, templateOf } from './synth.ts';

const cache = mkdtempSync(path.join(tmpdir(), 'lambda-packages-'));
afterAll(() => rmSync(cache, { recursive: true }));
afterEach(() => vi.unstubAllGlobals());

function pretendToBe(platform: string, arch: string): void {
  vi.stubGlobal(
    'process',
    new Proxy(process, { get: (real, key) => ({ platform, arch })[String(key)] ?? Reflect.get(real, key) }),
  );
}

describe('from any machine', () => {
  test.for([
    ['darwin', 'arm64'],
    ['darwin', 'x64'],
    ['win32', 'x64'],
    ['linux', 'x64'],
  ] as const)('%s %s the same template is synthesized', ([platform, arch]) => {
    pretendToBe(platform, arch);
    expect(process.platform).toBe(platform);
    const functions = templateOf(stackOf('dev')).ofType('AWS::Lambda::Function');
    const own = functions.filter(({ id }) => !id.startsWith('CustomCDK') && !id.startsWith('CustomS3'));
    for (const { properties } of own) expect(properties['Architectures']).toEqual(['arm64']);
  });

  test('the project’s own Node.js runs the app, in the words of every shell', () => {
    // The command line of CDK takes the quotes of a path away, and cmd.exe of Windows reads an unquoted slash as an option.
    expect(cdkJson.app).toMatch(/^npx --no -- node bin\/storm\.ts$/);
  });
});

describe('machine code for the local stack', () => {
  test.for(['darwin-arm64', 'win32-x64', 'linuxmusl-x64'])('is what npm has installed here: that of %s', (platform) => {
    const [installed, asset] = [path.join(cache, platform), path.join(cache, `${platform}-asset`)];
    const install = (name: string, manifest: object) => {
      mkdirSync(path.join(installed, name), { recursive: true });
      writeFileSync(path.join(installed, name, 'package.json'), JSON.stringify(manifest));
    };
    const all = ['darwin-arm64', 'linux-arm64', 'linux-x64', 'linuxmusl-x64', 'win32-x64'];
    install('sharp', { optionalDependencies: Object.fromEntries(all.map((name) => [`@img/sharp-${name}`, '1'])) });
    install(`@img/sharp-${platform}`, {});
    copyPackages(['sharp'], installed, asset);
    expect(readdirSync(path.join(asset, 'node_modules', '@img'))).toEqual([`sharp-${platform}`]);
  });
});

describe('machine code for Lambda', () => {
  test('is what the registry has for arm64 and glibc, whatever this machine is', () => {
    const installed = lambdaPackages(unbundled, undefined, path.join(cache, 'real'));
    expect(readdirSync(path.join(installed, '@img')).toSorted()).toEqual([
      'colour',
      'sharp-libvips-linux-arm64',
      'sharp-linux-arm64',
    ]);
    const binaries = globSync(path.join(installed, '@img/*/lib/*.{node,so*}'));
    expect(binaries.length).toBeGreaterThanOrEqual(2);
    // The header of ELF: 64 bits, and 183 for AArch64.
    for (const file of binaries) {
      const header = readFileSync(file).subarray(0, 20);
      expect([header.subarray(1, 4).toString(), header[4], header.readUInt16LE(18)]).toEqual(['ELF', 2, 183]);
    }
  });

  test('is installed by the integrity of the lock', () => {
    let asked: typeof lock.packages | undefined;
    expect(() =>
      lambdaPackages(
        unbundled,
        (folder) => {
          asked = JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8')).packages;
        },
        cache,
      ),
    ).toThrow();
    const { '': root, ...packages } = asked ?? expect.unreachable();
    expect(Object(root)).toMatchObject({ dependencies: { sharp: lock.packages['node_modules/sharp'].version } });
    for (const [key, locked] of Object.entries(packages)) {
      expect(locked).toEqual(Object.entries(lock.packages).find(([each]) => each === key)?.[1]);
      expect(locked, key).toHaveProperty('integrity');
    }
  });

  test('that npm leaves out, or that can’t be fetched, is told in words, and nothing of it is kept', () => {
    const folder = path.join(cache, 'failing');
    const leavesOut = (at: string) => mkdirSync(path.join(at, 'node_modules'));
    expect(() => lambdaPackages(unbundled, leavesOut, folder)).toThrow(/left out .*linux-arm64/);
    const offline = () => {
      throw Object.assign(new Error('Command failed: npm ci'), { stderr: 'npm error code ENOTFOUND' });
    };
    expect(() => lambdaPackages(unbundled, offline, folder)).toThrow(/registry, once.*npm start.*ENOTFOUND/s);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the lock', () => {
  /** What the registry doesn't have. The README says what that means. */
  const unavailable = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'win32-x64'].map((name) => `@dynoxide/${name}`);

  const ofPlatforms = Object.values(lock.packages).flatMap((locked) =>
    Object.keys(Object('optionalDependencies' in locked ? locked.optionalDependencies : {})).filter((name) =>
      /darwin|linux|win32|android|bsd/.test(name),
    ),
  );

  test('names packages for several platforms', () => expect(ofPlatforms.length).toBeGreaterThan(100));

  test('has each of them with its integrity', () => {
    const missing = ofPlatforms.filter((name) => {
      const locked = Object.entries(lock.packages).filter(([key]) => key.endsWith(`node_modules/${name}`));
      return !locked.some(([, each]) => 'integrity' in each);
    });
    expect(missing.toSorted()).toEqual(unavailable);
  });
});
