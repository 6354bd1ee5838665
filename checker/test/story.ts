import type { Answered, Asked, Event, Message, Operation, Told } from '../history.ts';
import { Parser } from '../parse.ts';

/** An operation under way. */
export interface Asking {
  readonly user: string;
  readonly f: Operation;
  readonly op: number;
  readonly conversation: string | undefined;
}

/** A history that is made by hand, event by event. Everybody has one client. Events go through the parser, as those of a file. */
export class Story {
  readonly lines: string[] = [];
  #time = 0;
  #ops = 0;

  constructor(recorder = 'here') {
    this.lines.push(JSON.stringify({ history: 1, recorder }));
  }

  get events(): Event[] {
    const parser = new Parser();
    return this.lines.flatMap((line) => parser.parse(line) ?? []);
  }

  wait(ms: number): void {
    this.#time += ms * 1e6;
  }

  ask<F extends Operation>(user: string, f: F, value: Asked[F], conversation?: string): Asking {
    this.#ops += 1;
    const asking = { user, f, op: this.#ops, conversation };
    this.#write({ ...asking, type: 'invoke', conversation: f === 'create' ? undefined : conversation, value });
    return asking;
  }

  ok(asking: Asking, value: object = {}): void {
    this.#write({ ...asking, type: 'ok', value });
  }

  fail(asking: Asking, code = 'forbidden'): void {
    this.#write({ ...asking, type: 'fail', value: { code } });
  }

  info(asking: Asking): void {
    this.#write({ ...asking, type: 'info', value: { code: 'internal' } });
  }

  /** Asks and is answered at once. */
  do<F extends Operation>(user: string, f: F, value: Asked[F], answer: Answered[F], conversation?: string): void {
    this.ok(this.ask(user, f, value, conversation), answer);
  }

  tell<F extends keyof Told>(user: string, f: F, value: Told[F], conversation?: string): void {
    this.#write({ user, type: 'ok', f, value, conversation });
  }

  #write(event: { readonly user: string; readonly [field: string]: unknown }): void {
    this.#time += 1;
    this.lines.push(JSON.stringify({ time: this.#time, process: `${event.user}/1`, ...event }));
  }
}

/** The room that most stories are about, with Ann and Ben in it. */
export const room = 'room';

export function begin(): Story {
  const story = new Story();
  story.do('ann', 'create', { users: ['ben'] }, {}, room);
  return story;
}

/** A message of Ann's, unless something else is said. Its text is its id's. */
export function message(seq: number, more: Partial<Message> = {}): Message {
  const id = more.id ?? `m${seq}`;
  return { seq, n: seq, id, from: 'ann', body: `text of ${id}`, ...more };
}

/** Somebody sends a message, and it is acknowledged. */
export function send(story: Story, { seq, id, from, body, replyTo }: Message): void {
  const asked = { id, body, ...(replyTo !== undefined && { replyTo }) };
  story.do(from, 'send', asked, { seq }, room);
}

export function receive(story: Story, user: string, of: Message): void {
  story.tell(user, 'receive', { kind: 'message', seq: of.seq, message: of }, room);
}

export function read(story: Story, user: string, messages: readonly Message[]): void {
  story.do(user, 'history', {}, { messages, more: false }, room);
}

/** Everything is quiet, and both read the whole room. */
export function end(story: Story, messages: readonly Message[], ofBen = messages): Story {
  story.tell('ann', 'quiet', {});
  read(story, 'ann', messages);
  read(story, 'ben', ofBen);
  return story;
}
