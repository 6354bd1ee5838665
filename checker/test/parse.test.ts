import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { eventsOf, Parser } from '../parse.ts';

const header = { history: 1, recorder: 'here' };
const stamp = { time: 1, process: 'ann/1', user: 'ann' };
const send = {
  ...stamp,
  type: 'invoke',
  f: 'send',
  op: 1,
  conversation: 'room',
  value: { id: 'a', body: 'x' },
};
const acked = { ...send, type: 'ok', value: { seq: 1 } };

function parse(...lines: unknown[]) {
  const parser = new Parser();
  return lines.map((line) => parser.parse(typeof line === 'string' ? line : JSON.stringify(line)));
}

test('An event has its recorder and its line', () => {
  expect(parse(header, send, acked)).toEqual([
    undefined,
    { ...send, recorder: 'here', line: 2 },
    { ...acked, recorder: 'here', line: 3 },
  ]);
});

test.each([
  ['no line of a recorder before it', [send], 'no line before it names the recorder'],
  ['a version that is not known', [{ ...header, history: 2 }], '.history must be one of 1'],
  ['no JSON', [header, '{"time":1'], 'is no JSON'],
  ['nothing on it', [header, ''], 'is no JSON'],
  ['an unknown field', [header, { ...send, processs: 'x' }], '.processs is not known'],
  ['an unknown operation', [header, { ...send, f: 'shout' }], '.f is not known'],
  ['a misspelt field in a value', [header, { ...send, value: { id: 'a', body: 'x', replyto: 1 } }], '.value.replyto'],
  ['a value of another type', [header, { ...send, type: 'ok' }], '.value.seq is missing'],
  ['half a seq', [header, send, { ...acked, value: { seq: 1.5 } }], '.value.seq must be a whole number'],
  ['no conversation', [header, { ...send, conversation: undefined }], '.conversation is missing'],
  ['no operation', [header, { ...send, op: undefined }], '.op is missing'],
  ['an operation twice', [header, send, send], '.op must grow'],
  ['an end without a beginning', [header, acked], 'is not under way'],
  ['a second end', [header, send, acked, acked], 'is not under way'],
  ['the end of another operation', [header, send, { ...acked, f: 'edit' }], 'is not under way'],
  ['a time that goes back', [header, send, { ...acked, time: 0 }], '.time goes back'],
  ['a process of two recorders', [header, send, { ...header, recorder: 'there' }, acked], 'one of the recorder here'],
  [
    'an unknown change',
    [header, { ...stamp, type: 'ok', f: 'receive', conversation: 'room', value: { kind: 'seen', seq: 1 } }],
    '.value.kind is not known',
  ],
])('A line with %s is refused', (_, lines, why) => {
  expect(() => parse(...lines)).toThrow(why);
});

test('Files are read one after the other, and a bad line is named by file and number', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'history-'));
  const files = ['a', 'b'].map((name) => path.join(folder, name));
  const [a = '', b = ''] = files;
  fs.writeFileSync(a, `${JSON.stringify(header)}\n${JSON.stringify(send)}\n`);
  fs.writeFileSync(
    b,
    `${JSON.stringify({ ...header, recorder: 'there' })}\n${JSON.stringify({ ...send, process: 'é' })}`,
  );
  expect([...eventsOf(files)].map(({ recorder, process }) => [recorder, process])).toEqual([
    ['here', 'ann/1'],
    ['there', 'é'],
  ]);
  fs.appendFileSync(b, '\n{}\n');
  expect(() => [...eventsOf(files)]).toThrow(`${b}:3:.time is missing`);
  fs.rmSync(folder, { recursive: true });
});
