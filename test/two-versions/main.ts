/**
 * Runs the former release's functions and client beside this one's, on the same tables and sockets, as they meet during a deployment:
 * `npm run two-versions`, or `npm run two-versions -- COMMIT`. It fails if they don't understand each other (decision 0128).
 */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { assetFolders } from '#dev/assets.ts';
import { synthesize } from '#local/synth.ts';
import { startTestStack } from '#local/test/helpers/stack.ts';
import { findTarget, Person } from '#test/smoke/person.ts';
import { addMissingPackages, bundlesOf, checkOut, formerCommit, mixIn, shift } from './former.ts';
import { makeCrowd, talk } from './talk.ts';

const commit = process.argv[2] ?? formerCommit();
if (commit === undefined) {
  console.log(
    '• Skipped: this checkout has no history, so the former release is not in it (git fetch --unshallow --tags).',
  );
  process.exit(0);
}
const folder = fs.mkdtempSync(path.join(tmpdir(), 'two-versions-'));
const former = path.join(folder, 'former');
fs.mkdirSync(former);
const assembly = path.join(folder, 'cdk.out');
checkOut(commit, former);
addMissingPackages(former);
await synthesize(process.cwd(), folder, assembly, () => undefined);
const codes = bundlesOf(former);
const { functions } = assetFolders(assembly);
for (const [name, codeDir] of functions) {
  const code = codes.get(name);
  if (code) mixIn(code, codeDir);
  else console.log(`• ${name} is new`);
}

const stack = await startTestStack(assembly);
try {
  await meet().catch((error) => assert.fail(`${error}\n${stack.warnings.join('\n')}`));
  assert.deepEqual(stack.warnings, [], 'no function failed');
  console.log(`✓ ${commit.slice(0, 10)} and this release understand each other.`);
} finally {
  await stack[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

async function meet(): Promise<void> {
  const target = await findTarget(stack.url);
  const client = await import(pathToFileURL(path.join(former, 'client/index.ts')).href);
  // While code takes over, nobody has the new client: the page comes after the functions.
  const [ann, ben] = [await Person.register({ target, client }), await Person.register({ target, client })];
  for (const person of [ann, ben]) await person.connect();
  await talk(ann, ben, []);
  await talk(ann, ben, await makeCrowd(stack));
  ben.disconnect();
  for (const codeDir of functions.values()) shift(codeDir);
  // Then those who reload have it, and talk with those who don't.
  const cara = await Person.register({ target });
  await cara.connect();
  await talk(ann, cara, []);
  for (const person of [ann, ben, cara]) await person.erase();
}
