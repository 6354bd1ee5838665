/**
 * Rehearses a restore: `npm run rehearse-restore`. On a local stack of its own people write, the data are damaged, everything is restored
 * to the moment before by the commands of docs/disaster-recovery.md, and all clients must show the same in the end. It says what it
 * did and how long that took.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Recovery } from '#bin/restore/restore.ts';
import { findTarget, must, Person, until } from '#test/smoke/person.ts';
import { damage } from './damage.ts';
import { Stage } from './stage.ts';

const startedAt = performance.now();
let lastAt = startedAt;
function done(what: string): void {
  console.log(`✓ ${what} (${Math.round(performance.now() - lastAt)} ms)`);
  lastAt = performance.now();
}

const stage = await Stage.create();
try {
  await rehearse();
  console.log(`Rehearsed in ${Math.round((performance.now() - startedAt) / 1000)} s.`);
} catch (error) {
  console.error(error, stage.stack.warnings.join('\n'));
  process.exitCode = 1;
} finally {
  await stage.remove();
}
process.exit();

async function rehearse(): Promise<void> {
  await stage.deploy();
  done('A stage is deployed');

  const target = await findTarget(stage.stack.url);
  const people = await Promise.all([1, 2, 3].map(() => Person.register({ target })));
  const [ann, ben, cara] = people;
  if (!ann || !ben || !cara) return;
  for (const person of people) await person.connect();
  const memberIds = [ben.id, cara.id];
  const { id } = must('a group', await ann.chat.createConversation({ type: 'group', name: 'All', memberIds }));
  await until('all are in it', () => people.every(({ chat }) => chat.conversations.get(id)));
  for (const { chat } of people) chat.show(id);
  const recording = new Blob([fs.readFileSync('test/fixtures/media/voice.ogg')], { type: 'audio/ogg' });
  const file = must('a file', await ann.chat.media.upload(id, recording));
  await ann.chat.send(id, 'Ann before', { media: [file] });
  await ben.chat.send(id, 'Ben before');
  await cara.chat.send(id, 'Cara before');
  await until('all see all', () => people.every((person) => person.texts(id).length === 3));
  const shown = await download(ben, file.id);
  done('Three people write in a group, one of them with a file');

  await sleep(10);
  const to = new Date();
  await sleep(10);
  console.log(`• The moment is ${to.toISOString()}`);

  await ann.chat.send(id, 'Ann after');
  await ben.chat.send(id, 'Ben after');
  must('a block', await ann.api.block(ben.id));
  await cara.erase();
  await until('nothing of Cara is left', () => [ann, ben].every((one) => !one.texts(id).includes('Cara before')));
  assert.deepEqual(
    [ann, ben].map(({ chat }) => chat.outbox.entries),
    [[], []],
    'all is acknowledged',
  );
  done('Two write more, one blocks the other, and the third has her account erased');

  const [outputs] = Object.values(stage.stack.outputs);
  done(await damage(stage.stack, Recovery.parse(JSON.parse(outputs?.['Recovery'] ?? ''))));

  await stage.deploy({ maintenanceSeconds: 1 });
  const refused = await fetch(`${target.httpUrl}/auth/login`, { method: 'POST', body: '{}' });
  assert.equal(refused.status, 503);
  done('The gate is shut');

  console.log((await restore(to)).trimEnd());
  done('npm run restore');

  await stage.deploy();
  done('The gate is open, on the restored tables');

  await until('all sessions are over', () => [ann, ben].every(({ isSignedIn }) => !isSignedIn));
  for (const person of [ann, ben]) {
    person.disconnect();
    must('a login', await person.logIn());
    await person.connect();
    person.chat.show(id);
  }
  const expected = ['', 'Ann after', 'Ann before', 'Ben after', 'Ben before'];
  const shows = (person: Person) => person.texts(id).toSorted().join() === expected.join();
  await until('what was lost is offered again', () => [ann, ben].every(shows));
  done('All clients came back, and offered what was lost');

  const histories = await Promise.all([ann, ben].map(async ({ api }) => must('the history', await api.history(id))));
  for (const [index, person] of [ann, ben].entries()) {
    const texts = histories[index]?.messages.map(({ text }) => text);
    assert.deepEqual(person.texts(id), texts, 'a client shows what a fresh fetch has');
  }
  assert.deepEqual(histories[0]?.messages, histories[1]?.messages);
  assert.deepEqual(await download(ben, file.id), shown, 'the file is back');
  assert.deepEqual(must('the blocks', await ann.api.blocks()).userIds, [ben.id]);
  const login = await cara.logIn();
  assert.equal('error' in login && login.error.code, 'bad_credentials', 'who was erased stays erased');
  done('All have the same: messages, file, block, and no account that was erased');
}

async function download({ api }: Person, mediaId: string): Promise<Buffer> {
  const { url } = must('the file', await api.media(mediaId));
  const response = await fetch(url ?? '');
  assert.equal(response.status, 200);
  return Buffer.from(await response.arrayBuffer());
}

/** Runs `npm run restore` against the local stack, and returns what it says. */
async function restore(to: Date): Promise<string> {
  const { awsConfig, outputs } = stage.stack;
  const recovery = Object.values(outputs)[0]?.['Recovery'] ?? '';
  const env = { ...process.env, AWS_CONFIG_FILE: awsConfig, AWS_PROFILE: 'local', STORM_RESTORED: stage.restored };
  const args = ['bin/restore.ts', '--to', to.toISOString(), '--recovery', recovery];
  return (await promisify(execFile)(process.execPath, args, { env })).stdout;
}
