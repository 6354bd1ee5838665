import * as fs from 'node:fs';
import type { Event } from './history.ts';

/** A micro-operation of Elle's list-append: appends an element to a list, or reads a whole list. */
type Micro = ['append', number, number] | ['r', number, readonly number[] | null];

type Write = (operation: { type: string; process: number; time: number; value: Micro[] }) => void;

interface Append {
  readonly process: number;
  readonly value: Micro;
  /** Whether an attempt has no certain outcome, or none yet. */
  isUnknown: boolean;
  isDone: boolean;
}

interface Read {
  readonly process: number;
  readonly key: number;
  elements: number[];
  /** The bound of the page that comes next. */
  next: number | undefined;
}

/**
 * Writes a history as Elle's list-append, as one JSON array. A conversation is a list, sending appends the message to it, and reading pages
 * from the newest to the very first message reads it. All attempts to send a message are one append, because Elle wants each element
 * appended once. It takes what the first recorder saw: `time` is one clock.
 */
export function writeElle(events: Iterable<Event>, file: string): void {
  const out = fs.openSync(file, 'w');
  let index = 0;
  const writer = new ElleWriter((operation) => {
    fs.writeSync(out, `${index === 0 ? '[' : ',\n'}${JSON.stringify({ index, f: 'txn', ...operation })}`);
    index += 1;
  });
  let recorder: string | undefined;
  for (const event of events) {
    recorder ??= event.recorder;
    if (event.recorder === recorder) writer.take(event);
  }
  writer.end();
  fs.writeSync(out, index === 0 ? '[]\n' : ']\n');
  fs.closeSync(out);
}

class ElleWriter {
  readonly #write: Write;
  readonly #keys = new Map<string, number>();
  readonly #elements = new Map<string, number>();
  readonly #appends = new Map<string, Append>();
  readonly #reads = new Map<string, Read>();
  /** By operation under way: the message that is sent, or the bound of the page that is read. */
  readonly #sending = new Map<string, string>();
  readonly #paging = new Map<string, number | undefined>();
  /** Elle's processes do one thing at a time. Clients do several at once, so each operation takes a process that is free. */
  readonly #free: number[] = [];
  #processes = 0;
  #time = 0;

  constructor(write: Write) {
    this.#write = write;
  }

  take(event: Event): void {
    this.#time = event.time;
    if (event.f === 'send') this.#send(event);
    else if (event.f === 'history') this.#page(event);
  }

  /** Appends that nobody acknowledged. A refused one may have been tried again, so that is known at the end only. */
  end(): void {
    for (const { process, value, isDone, isUnknown } of this.#appends.values())
      if (!isDone) this.#write({ type: isUnknown ? 'info' : 'fail', process, time: this.#time, value: [value] });
  }

  #send(event: Extract<Event, { f: 'send' }>): void {
    const operation = `${event.process} ${event.op}`;
    const id = event.type === 'invoke' ? event.value.id : (this.#sending.get(operation) ?? '');
    if (event.type === 'invoke') {
      this.#sending.set(operation, id);
      if (this.#appends.has(id)) return;
      const value: Micro = ['append', number(this.#keys, event.conversation), number(this.#elements, id)];
      const append = { process: this.#process(), value, isUnknown: false, isDone: false };
      this.#appends.set(id, append);
      this.#write({ type: 'invoke', process: append.process, time: event.time, value: [value] });
      return;
    }
    this.#sending.delete(operation);
    const append = this.#appends.get(id);
    if (!append || append.isDone) return;
    if (event.type === 'info') append.isUnknown = true;
    if (event.type !== 'ok') return;
    append.isDone = true;
    this.#write({ type: 'ok', process: append.process, time: event.time, value: [append.value] });
    this.#free.push(append.process);
  }

  #page(event: Extract<Event, { f: 'history' }>): void {
    const operation = `${event.process} ${event.op}`;
    const reading = `${event.process} ${event.conversation}`;
    if (event.type === 'invoke') {
      const { before, after } = event.value;
      if (after !== undefined) return;
      this.#paging.set(operation, before);
      if (before !== undefined || this.#reads.has(reading)) return;
      const key = number(this.#keys, event.conversation);
      const read: Read = { process: this.#process(), key, elements: [], next: undefined };
      this.#reads.set(reading, read);
      this.#write({ type: 'invoke', process: read.process, time: event.time, value: [['r', key, null]] });
      return;
    }
    const read = this.#reads.get(reading);
    if (!read || !this.#paging.has(operation) || this.#paging.get(operation) !== read.next) return;
    this.#paging.delete(operation);
    if (event.type !== 'ok') return;
    const { messages, more } = event.value;
    read.elements = [...messages.map(({ id }) => number(this.#elements, id)), ...read.elements];
    read.next = messages[0]?.seq;
    if (more) return;
    this.#reads.delete(reading);
    this.#free.push(read.process);
    // Who joined later doesn't see the beginning, and has read no whole list.
    const isWhole = messages[0]?.n === 1;
    const value: Micro = ['r', read.key, isWhole ? read.elements : null];
    this.#write({ type: isWhole ? 'ok' : 'fail', process: read.process, time: event.time, value: [value] });
  }

  #process(): number {
    return this.#free.pop() ?? this.#processes++;
  }
}

/** The number of a text, counted in the order in which they come. */
function number(known: Map<string, number>, text = ''): number {
  const found = known.get(text) ?? known.size;
  known.set(text, found);
  return found;
}
