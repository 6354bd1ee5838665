/**
 * Builds the packages as JavaScript and packs them for npm, into `dist/packages` or another folder: `npm run pack`, or
 * `node bin/pack.ts DIR`.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const projectRoot = path.join(import.meta.dirname, '..');
const outDir = path.resolve(process.argv[2] ?? path.join(projectRoot, 'dist', 'packages'));

fs.rmSync(outDir, { recursive: true, force: true });
const tsc = path.join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.pack.json', '--outDir', outDir], {
  cwd: projectRoot,
  stdio: 'inherit',
});
for (const name of ['protocol', 'client', 'local']) {
  const source = path.join(projectRoot, name);
  const target = path.join(outDir, name);
  // A package.json names TypeScript files only in `exports` and `bin`. In the package they are JavaScript.
  const manifest = fs.readFileSync(path.join(source, 'package.json'), 'utf8').replaceAll('.ts"', '.js"');
  // npm compares it with the repository that the provenance names ("Generating provenance statements").
  const repository = process.env['GITHUB_REPOSITORY'];
  const origin = repository && { type: 'git', url: `git+https://github.com/${repository}.git`, directory: name };
  const published = { ...JSON.parse(manifest), ...(origin && { repository: origin }) };
  fs.writeFileSync(path.join(target, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  for (const page of fs.readdirSync(source).filter((file) => file.endsWith('.md')))
    fs.copyFileSync(path.join(source, page), path.join(target, page));
  const examples = path.join(source, 'examples');
  const isKept = (file: string) => path.basename(file) !== '.storm';
  if (fs.existsSync(examples)) fs.cpSync(examples, path.join(target, 'examples'), { recursive: true, filter: isKept });
  fs.copyFileSync(path.join(projectRoot, 'LICENSE'), path.join(target, 'LICENSE'));
  // On Windows npm is a script.
  const shell = process.platform === 'win32';
  execFileSync('npm', ['pack', '--silent', '--pack-destination', outDir], { cwd: target, stdio: 'inherit', shell });
}
