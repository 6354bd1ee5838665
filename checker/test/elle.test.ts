import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { writeElle } from '../elle.ts';
import { begin, message, read, room, type Story, send } from './story.ts';

function elleOf(story: Story) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elle-'));
  const file = path.join(folder, 'elle.json');
  writeElle(story.events, file);
  const operations: { index: number; type: string; f: string; process: number; value: unknown[] }[] = JSON.parse(
    fs.readFileSync(file, 'utf8'),
  );
  fs.rmSync(folder, { recursive: true });
  expect(operations.map(({ index, f }) => [index, f])).toEqual(operations.map((_, index) => [index, 'txn']));
  return operations.map(({ type, process, value }) => [type, process, ...value]);
}

test('Sending is an append, however often it was tried, and a page down to the first message is a read', () => {
  const story = begin();
  const first = story.ask('ann', 'send', { id: 'm1', body: '' }, room);
  send(story, message(2, { from: 'ben' }));
  story.info(first);
  send(story, message(1));
  read(story, 'ben', [message(1), message(2)]);
  expect(elleOf(story)).toEqual([
    ['invoke', 0, ['append', 0, 0]],
    ['invoke', 1, ['append', 0, 1]],
    ['ok', 1, ['append', 0, 1]],
    ['ok', 0, ['append', 0, 0]],
    ['invoke', 0, ['r', 0, null]],
    ['ok', 0, ['r', 0, [0, 1]]],
  ]);
});

test('Pages that follow each other are one read, and one that doesn’t reach the beginning is none', () => {
  const story = begin();
  for (const seq of [1, 2, 3]) send(story, message(seq));
  story.do('ben', 'history', {}, { messages: [message(2), message(3)], more: true }, room);
  story.do('ben', 'history', { before: 2 }, { messages: [message(1)], more: false }, room);
  story.do('ben', 'history', {}, { messages: [message(3)], more: false }, room);
  expect(elleOf(story).slice(6)).toEqual([
    ['invoke', 0, ['r', 0, null]],
    ['ok', 0, ['r', 0, [0, 1, 2]]],
    ['invoke', 0, ['r', 0, null]],
    ['fail', 0, ['r', 0, null]],
  ]);
});

test('An append that was refused every time has failed, and one without an answer stays open', () => {
  const story = begin();
  story.fail(story.ask('ann', 'send', { id: 'm1', body: '' }, room));
  story.info(story.ask('ann', 'send', { id: 'm2', body: '' }, room));
  story.fail(story.ask('ann', 'send', { id: 'm2', body: '' }, room));
  expect(elleOf(story).slice(2)).toEqual([
    ['fail', 0, ['append', 0, 0]],
    ['info', 1, ['append', 0, 1]],
  ]);
});
