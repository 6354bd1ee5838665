import * as fs from 'node:fs';
import type { Event, Operation, Told } from './history.ts';
import { type Check, flag, integer, isRecord, list, name, only, shape, text, whole } from './shape.ts';

/** What is wrong with a line. The message begins with the file and the number of the line. */
export class HistoryError extends Error {}

const message = shape(
  { seq: whole, n: whole, id: name, from: name, body: text },
  { replyTo: whole, deleted: only(true), updated: whole, reactions: text },
);
const revised = shape({ kind: name, seq: whole, target: whole, by: name }, { message });
const kinds: Readonly<Record<string, Check>> = {
  message: shape({ kind: name, seq: whole, message }),
  edited: revised,
  deleted: revised,
  reacted: revised,
  member: shape({ kind: name, seq: whole, user: name, change: only('in', 'out', 'other') }),
  other: shape({ kind: name, seq: whole }, { access: only('joined', 'all') }),
};
const change: Check = (value) => kinds[isRecord(value) ? String(value['kind']) : '']?.(value) ?? knownKind(value);
const knownKind = (value: unknown) =>
  isRecord(value) && Object.hasOwn(kinds, String(value['kind'])) ? undefined : '.kind is not known';

const nothing = shape({});
const counts = { conversation: name, last: whole, read: whole, unread: integer };
const numbered = shape({ seq: whole });
const synced = shape(counts, { from: whole, changes: list(change), more: only(true), resync: only(true) });

const asked: Readonly<Record<Operation, Check>> = {
  send: shape({ id: name, body: text }, { replyTo: whole }),
  edit: shape({ target: whole, body: text }),
  delete: shape({ target: whole }),
  react: shape({ target: whole, emoji: name }, { remove: only(true) }),
  read: numbered,
  delivered: numbered,
  create: shape({ users: list(name) }, { direct: only(true) }),
  add: shape({ users: list(name) }),
  remove: shape({ user: name }),
  join: nothing,
  history: shape({}, { before: whole, after: whole }),
  sync: nothing,
  unread: nothing,
  presence: shape({ users: list(name) }),
  connect: nothing,
};
const answered: Readonly<Record<Operation, Check>> = {
  send: numbered,
  edit: numbered,
  delete: numbered,
  react: numbered,
  read: nothing,
  delivered: nothing,
  create: nothing,
  add: nothing,
  remove: nothing,
  join: nothing,
  history: shape({ messages: list(message), more: flag }),
  sync: shape({ entries: list(synced), removed: list(name) }),
  unread: shape({ entries: list(shape(counts)) }),
  presence: shape({ online: list(name), offline: list(name) }),
  connect: nothing,
};
const told: Readonly<Record<keyof Told, Check>> = {
  receive: change,
  show: shape({ seq: whole, id: name }),
  disconnect: nothing,
  quiet: nothing,
};
const ended: Readonly<Record<string, Check>> = { ...told, ...answered };
const failed = shape({ code: text });

const stamp = { time: whole, process: name, user: text, f: name, type: only('invoke', 'ok', 'fail', 'info') };
const line = shape({ ...stamp, value: () => undefined }, { op: whole, conversation: name });
const header = shape({ history: only(1), recorder: name });

/** What has no conversation of its own: its values name several, or none. */
const ofNone = new Set(['sync', 'unread', 'presence', 'connect', 'disconnect', 'quiet']);

/** Reads the lines of a history, one after the other. It keeps which operations are under way, and no line. */
export class Parser {
  readonly #processes = new Map<string, { recorder: string; op: number; open: Map<number, string> }>();
  #recorder = '';
  #time = 0;
  #line = 0;

  /** The event of the next line, or nothing for the first line of a recorder. Throws a `HistoryError` without the name of the file. */
  parse(source: string): Event | undefined {
    this.#line += 1;
    const value = jsonOf(source);
    if (isRecord(value) && 'history' in value) {
      refuse(header(value));
      this.#recorder = String(value['recorder']);
      this.#time = 0;
      return undefined;
    }
    if (this.#recorder === '') throw new HistoryError(' no line before it names the recorder');
    refuse(line(value));
    const event = Object.assign(Object(value), { recorder: this.#recorder, line: this.#line });
    if (!this.#isEvent(event)) throw new HistoryError(' is no event');
    this.#take(event);
    return event;
  }

  #isEvent(event: Readonly<Record<string, unknown>>): event is Event & Readonly<Record<string, unknown>> {
    const f = String(event['f']);
    const { type, value, op, conversation } = event;
    const isOperation = Object.hasOwn(asked, f);
    if (!isOperation && !Object.hasOwn(told, f)) throw new HistoryError('.f is not known');
    if (isOperation !== (op !== undefined)) throw new HistoryError(isOperation ? '.op is missing' : '.op is too much');
    if (!isOperation && type !== 'ok') throw new HistoryError('.type must be ok');
    const isBeginning = f === 'create' && type !== 'ok';
    if (ofNone.has(f) || isBeginning ? conversation !== undefined : conversation === undefined)
      throw new HistoryError(`.conversation ${conversation === undefined ? 'is missing' : 'is too much'}`);
    const wrong = checkOf(f, String(type))?.(value);
    refuse(wrong === undefined ? undefined : `.value${wrong}`);
    return true;
  }

  /** Holds the clock and the operations together. */
  #take({ time, process, f, type, op, recorder }: Event): void {
    if (time < this.#time) throw new HistoryError('.time goes back');
    this.#time = time;
    let known = this.#processes.get(process);
    if (!known) {
      known = { recorder, op: 0, open: new Map() };
      this.#processes.set(process, known);
    }
    if (known.recorder !== recorder) throw new HistoryError(`.process is one of the recorder ${known.recorder}, too`);
    if (op === undefined) return;
    if (type === 'invoke') {
      if (op <= known.op) throw new HistoryError('.op must grow within a process');
      known.op = op;
      known.open.set(op, f);
    } else {
      if (known.open.get(op) !== f) throw new HistoryError(` ends an operation that is not under way: ${f} ${op}`);
      known.open.delete(op);
    }
  }
}

function checkOf(f: string, type: string): Check | undefined {
  if (type === 'fail' || type === 'info') return failed;
  const checks: Readonly<Record<string, Check>> = type === 'invoke' ? asked : ended;
  return checks[f];
}

function refuse(wrong: string | undefined): void {
  if (wrong !== undefined) throw new HistoryError(wrong);
}

function jsonOf(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw new HistoryError(' is no JSON');
  }
}

/** The events of files, one after the other. Throws a `HistoryError` at the first line that isn't one. */
export function* eventsOf(files: readonly string[]): Generator<Event> {
  const parser = new Parser();
  for (const file of files) {
    let number = 0;
    for (const source of linesOf(file)) {
      number += 1;
      let event: Event | undefined;
      try {
        event = parser.parse(source);
      } catch (error) {
        throw error instanceof HistoryError ? new HistoryError(`${file}:${number}:${error.message}`) : error;
      }
      if (event) yield event;
    }
  }
}

/** The lines of a file, read in pieces of a megabyte. */
export function* linesOf(file: string): Generator<string> {
  const descriptor = fs.openSync(file, 'r');
  const buffer = Buffer.alloc(1 << 20);
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (let size = fs.readSync(descriptor, buffer); size > 0; size = fs.readSync(descriptor, buffer)) {
      const lines = (rest + decoder.decode(buffer.subarray(0, size), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    fs.closeSync(descriptor);
  }
}
