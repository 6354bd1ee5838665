import type { Change, Event, Invoke, Message, Operation, Place, Synced, Told } from '../history.ts';
import { Bits } from './bits.ts';
import { Conversation, type Revision, type SendTried, type Tried } from './conversation.ts';
import { Finals } from './finals.ts';
import type { MemberOperation } from './membership.ts';
import { Staircase } from './staircase.ts';

/** An event and, for the end of an operation, its beginning. */
export interface Step {
  readonly event: Event;
  readonly asked: (Invoke & Place) | undefined;
}

/** What all rules look at: what was asked and seen, by conversation. It grows with messages and members, not with events. */
export class Facts {
  readonly conversations = new Map<string, Conversation>();
  /** By recorder: the line of its `quiet`. */
  readonly quiet = new Map<string, number>();
  /** By user: the recorders that have clients of theirs. */
  readonly recordersOf = new Map<string, Set<string>>();
  events = 0;
  /** By operation: how often it was asked for, and how often it ended with which type. */
  readonly operations = new Map<Operation, { asked: number; ok: number; fail: number; info: number }>();
  readonly #open = new Map<string, Map<number, { asked: Invoke & Place; tried: Tried | undefined }>>();
  readonly #finals = new Finals(this);

  /** Takes the next event. */
  take(event: Event): Step {
    this.events += 1;
    this.#noteUser(event);
    if (event.op === undefined) {
      this.#told(event);
      return { event, asked: undefined };
    }
    this.#count(event.f, event.type === 'invoke' ? 'asked' : event.type);
    if (event.type === 'invoke') {
      this.#openOf(event.process).set(event.op, { asked: event, tried: this.#begin(event) });
      return { event, asked: undefined };
    }
    const open = this.#openOf(event.process);
    const found = open.get(event.op);
    open.delete(event.op);
    if (!found) return { event, asked: undefined };
    this.#end(event, found.asked, found.tried);
    return { event, asked: found.asked };
  }

  conversation(id: string): Conversation {
    let known = this.conversations.get(id);
    if (!known) {
      known = new Conversation(id);
      this.conversations.set(id, known);
    }
    return known;
  }

  /** Whether it is after the `quiet` of its recorder. */
  isFinal(recorder: string, line: number): boolean {
    return line > (this.quiet.get(recorder) ?? Number.POSITIVE_INFINITY);
  }

  #count(f: Operation, what: 'asked' | 'ok' | 'fail' | 'info'): void {
    const counted = this.operations.get(f) ?? { asked: 0, ok: 0, fail: 0, info: 0 };
    counted[what] += 1;
    this.operations.set(f, counted);
  }

  #noteUser({ user, recorder }: Event): void {
    const known = this.recordersOf.get(user);
    if (known) known.add(recorder);
    else this.recordersOf.set(user, new Set([recorder]));
  }

  #openOf(process: string) {
    let open = this.#open.get(process);
    if (!open) {
      open = new Map();
      this.#open.set(process, open);
    }
    return open;
  }

  #told(event: Extract<Event, { op?: never }>): void {
    const { recorder, line } = event;
    switch (event.f) {
      case 'quiet':
        this.quiet.set(recorder, line);
        return;
      case 'receive':
        this.#see(event, this.conversation(event.conversation ?? ''), event.value);
        return;
      case 'show':
        this.#show(event, this.conversation(event.conversation ?? ''), event.value);
        return;
      case 'disconnect':
        return;
      default:
        event satisfies never;
    }
  }

  #begin(event: Invoke & Place): Tried | undefined {
    const { user, recorder, line, conversation: id } = event;
    if (id === undefined) return undefined;
    const conversation = this.conversation(id);
    switch (event.f) {
      case 'send': {
        const { value } = event;
        const tried: SendTried = { user, recorder, line, body: value.body, replyTo: value.replyTo };
        const sent = conversation.sent.get(value.id);
        if (sent) sent.attempts.push(tried);
        else conversation.sent.set(value.id, { id: value.id, attempts: [tried] });
        return tried;
      }
      case 'edit':
      case 'delete': {
        const { target } = event.value;
        const body = event.f === 'edit' ? event.value.body : '';
        const revision: Revision = { f: event.f, user, recorder, line, target, body };
        const others = conversation.revisions.get(target);
        if (others) others.push(revision);
        else conversation.revisions.set(target, [revision]);
        return revision;
      }
      case 'add':
        return this.#member(conversation, { user, recorder, line, direction: 'in', users: event.value.users });
      case 'join':
        return this.#member(conversation, { user, recorder, line, direction: 'in', users: [user] });
      case 'remove':
        return this.#member(conversation, { user, recorder, line, direction: 'out', users: [event.value.user] });
      default:
        return undefined;
    }
  }

  #member(conversation: Conversation, operation: MemberOperation): MemberOperation {
    conversation.membership.operations.push(operation);
    return operation;
  }

  #end(event: Exclude<Event, { type: 'invoke' } | { op?: never }>, asked: Invoke & Place, tried?: Tried): void {
    const { line, type, recorder } = event;
    const seq = event.type === 'ok' && 'seq' in event.value ? event.value.seq : undefined;
    const code = event.type === 'ok' ? undefined : event.value.code;
    if (tried) tried.end = { line, type, ...(seq !== undefined && { seq }), ...(code !== undefined && { code }) };
    if (event.type !== 'ok') return;
    switch (event.f) {
      case 'create': {
        if (asked.f !== 'create') return;
        const { user } = event;
        const founding = {
          user,
          recorder,
          line: asked.line,
          direction: 'in',
          founds: true,
          end: { line, type: 'ok' },
        } as const;
        this.conversation(event.conversation ?? '').membership.operations.push({
          ...founding,
          users: [user, ...asked.value.users],
        });
        return;
      }
      case 'send':
      case 'edit':
      case 'delete':
      case 'react': {
        const conversation = this.conversation(event.conversation ?? '');
        this.#know(conversation, event, event.value.seq);
        this.#acknowledge(event, conversation, asked, event.value.seq);
        return;
      }
      case 'history': {
        const conversation = this.conversation(event.conversation ?? '');
        this.#finals.take(event, asked);
        for (const message of event.value.messages) this.#sight(event, conversation, message);
        return;
      }
      case 'sync':
      case 'unread':
        for (const entry of event.value.entries) {
          const conversation = this.conversation(entry.conversation);
          this.#know(conversation, event, entry.last);
          const { changes = [] }: Synced = entry;
          for (const change of changes) this.#see(event, conversation, change);
        }
        return;
      default:
    }
  }

  #acknowledge({ user, recorder, line }: Event, conversation: Conversation, asked: Invoke, seq: number): void {
    if (asked.f !== 'send') return;
    const { id } = asked.value;
    if (!conversation.acks.has(seq)) conversation.acks.set(seq, { id, user, recorder, line });
    conversation.noteNumber(seq);
  }

  /** Somebody knows of a change. */
  #know(conversation: Conversation, { user, recorder, line }: Event, seq: number): void {
    for (const key of [recorder, `${recorder} ${user}`]) {
      let highest = conversation.highest.get(key);
      if (!highest) {
        highest = new Staircase();
        conversation.highest.set(key, highest);
      }
      highest.raise(line, seq);
    }
  }

  #see(event: Event, conversation: Conversation, change: Change): void {
    const { seq, kind } = change;
    if (!conversation.changes.has(seq)) conversation.changes.set(seq, { kind, line: event.line });
    this.#know(conversation, event, seq);
    if (change.kind === 'member' && change.change !== 'other')
      conversation.membership.see(change.user, seq, change.change, event.line);
    else if (change.kind === 'other' && change.access === 'all') conversation.membership.isOpen = true;
    else if ('message' in change && change.message) this.#sight(event, conversation, change.message);
    if (change.kind === 'message') this.#deliver(event, conversation, seq);
  }

  #show(event: Event, conversation: Conversation, { seq, id }: Told['show']): void {
    conversation.noteMessage(seq, id, event.line);
    this.#deliver(event, conversation, seq);
  }

  #deliver({ process, user }: Event, conversation: Conversation, seq: number): void {
    let delivered = conversation.delivered.get(process);
    if (!delivered) {
      delivered = { user, seqs: new Bits() };
      conversation.delivered.set(process, delivered);
    }
    delivered.seqs.add(seq);
  }

  #sight({ user, recorder, line }: Event, conversation: Conversation, message: Message): void {
    const { seq, updated = 0 } = message;
    let seen = conversation.messages.get(seq);
    if (!seen) {
      seen = { message, line, since: new Map(), versions: new Map(), newest: new Map() };
      conversation.messages.set(seq, seen);
    }
    conversation.noteMessage(seq, message.id, line);
    if (!seen.since.has(recorder)) seen.since.set(recorder, line);
    if (!seen.versions.has(updated)) seen.versions.set(updated, { message, line });
    let newest = seen.newest.get(recorder);
    if (!newest) {
      newest = new Staircase();
      seen.newest.set(recorder, newest);
    }
    newest.raise(line, updated);
    let own = conversation.seenBy.get(user);
    if (!own) {
      own = new Map();
      conversation.seenBy.set(user, own);
    }
    if (!own.has(seq)) own.set(seq, line);
  }
}
