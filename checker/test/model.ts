import type { Change, Counts, Message } from '../history.ts';
import { type Asking, room, Story } from './story.ts';

/** Whole numbers below a bound. */
export type Below = (bound: number) => number;

interface Client {
  readonly user: string;
  isMember: boolean;
  /** The number after which this member sees everything. */
  floor: number;
  cursor: number;
  read: number;
  /** The newest change of the room that the log has passed. */
  shown: number;
}

/**
 * A room of a chat that makes no mistake, with four clients who do things at the same time. Each operation happens at some moment between
 * its question and its answer, and some answers are lost. Cara comes and goes.
 */
export class Model {
  readonly story = new Story();
  readonly messages = new Map<number, Message>();
  readonly #below: Below;
  readonly #clients: Client[];
  readonly #changes: (Change | undefined)[] = [];
  /** Questions that haven't had their effect, and effects that haven't been answered. */
  readonly #pending: (() => void)[] = [];
  readonly #sent: { user: string; id: string; body: string }[] = [];
  #n = 0;

  constructor(below: Below) {
    this.#below = below;
    this.#clients = ['ann', 'ben', 'cara', 'dan'].map((user) => ({
      user,
      isMember: user !== 'cara',
      floor: 0,
      cursor: 0,
      read: 0,
      shown: 0,
    }));
    this.story.do('ann', 'create', { users: ['ben', 'dan'] }, {}, room);
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step++) {
      if (this.#below(2) === 0) this.#goOn();
      else this.#begin();
    }
    while (this.#pending.length > 0) this.#goOn();
    this.story.tell('ann', 'quiet', {});
    for (const client of this.#clients) if (client.isMember) this.#readAll(client);
  }

  #goOn(): void {
    const [next] = this.#pending.splice(this.#below(this.#pending.length), 1);
    next?.();
  }

  #begin(): void {
    const client = this.#clients[this.#below(4)];
    if (!client?.isMember) return;
    const begin = [
      this.#send,
      this.#send,
      this.#sendAgain,
      this.#revise,
      this.#page,
      this.#sync,
      this.#show,
      this.#point,
    ];
    if (this.#below(12) === 0) this.#moveCara();
    else begin[this.#below(begin.length)]?.call(this, client);
  }

  /** Lets an operation happen later, and be answered still later, or never. `effect` returns its answer, or nothing if it is refused. */
  #later(asking: Asking, effect: () => object | undefined, isRead = false): void {
    this.#pending.push(() => {
      const answer = effect();
      this.#pending.push(() => {
        if (!answer) this.story.fail(asking);
        else if (isRead || this.#below(5) > 0) this.story.ok(asking, answer);
        else if (this.#below(2) === 0) this.story.info(asking);
      });
    });
  }

  #send({ user }: Client): void {
    const message = { user, id: `m${this.#sent.length}`, body: `b${this.#sent.length}` };
    this.#sent.push(message);
    this.#deliver(message);
  }

  #sendAgain(): void {
    const message = this.#sent[this.#below(this.#sent.length)];
    if (message) this.#deliver(message);
  }

  #deliver({ user, id, body }: { user: string; id: string; body: string }): void {
    const asking = this.story.ask(user, 'send', { id, body }, room);
    this.#later(asking, () => {
      const there = [...this.messages.values()].find((message) => message.id === id);
      if (there) return { seq: there.seq };
      if (!this.#clients.some((client) => client.user === user && client.isMember)) return undefined;
      // Some numbers are never used.
      if (this.#below(9) === 0) this.#changes.push(undefined);
      const seq = this.#changes.length + 1;
      this.#n += 1;
      const message: Message = { seq, n: this.#n, id, from: user, body };
      this.messages.set(seq, message);
      this.#push({ kind: 'message', seq, message });
      const client = this.#clients.find((one) => one.user === user);
      if (client) client.read = Math.max(client.read, seq);
      return { seq };
    });
  }

  #revise({ user }: Client): void {
    const own = [...this.messages.values()].filter(({ from, deleted }) => from === user && !deleted);
    const target = own[this.#below(own.length)];
    if (!target) return;
    const isEdit = this.#below(3) > 0;
    const body = isEdit ? `e${this.#below(1e6)}` : '';
    const asking = isEdit
      ? this.story.ask(user, 'edit', { target: target.seq, body }, room)
      : this.story.ask(user, 'delete', { target: target.seq }, room);
    this.#later(asking, () => {
      const present = this.messages.get(target.seq);
      if (!present || !this.#clients.some((client) => client.user === user && client.isMember)) return undefined;
      if (present.deleted) return isEdit ? undefined : { seq: present.updated };
      const seq = this.#changes.length + 1;
      const message: Message = { ...present, body, updated: seq, ...(!isEdit && { deleted: true }) };
      this.messages.set(target.seq, message);
      this.#push({ kind: isEdit ? 'edited' : 'deleted', seq, target: target.seq, by: user, message });
      return { seq };
    });
  }

  #push(change: Change): void {
    this.#changes.push(change);
    for (const client of this.#clients) {
      const told = forReader(client, change);
      // It may be lost, late, or come twice.
      for (let copies = client.isMember ? this.#below(3) : 0; copies > 0; copies--)
        this.#pending.push(() => this.story.tell(client.user, 'receive', told, room));
    }
  }

  #visible({ floor }: Client): Message[] {
    return [...this.messages.values()].filter(({ seq }) => seq > floor);
  }

  #page(client: Client): void {
    const bound = this.#below(this.#changes.length + 2);
    const value = [{}, { before: bound }, { after: bound }][this.#below(3)] ?? {};
    const { before = Number.POSITIVE_INFINITY, after = -1 }: { before?: number; after?: number } = value;
    const asking = this.story.ask(client.user, 'history', value, room);
    const size = 1 + this.#below(6);
    this.#later(
      asking,
      () => {
        if (!client.isMember) return undefined;
        const all = this.#visible(client).filter(({ seq }) => seq < before && seq > after);
        const messages = after >= 0 ? all.slice(0, size) : all.slice(-size);
        return { messages, more: all.length > size };
      },
      true,
    );
  }

  #counts(client: Client): Counts {
    const of = this.#visible(client).filter(({ seq, from }) => seq > client.read && from !== client.user);
    return { conversation: room, last: this.#changes.length, read: client.read, unread: of.length };
  }

  #sync(client: Client): void {
    const from = Math.max(client.cursor - this.#below(4), client.floor);
    const asking = this.story.ask(client.user, 'sync', {}, undefined);
    this.#later(
      asking,
      () => {
        if (!client.isMember) return { entries: [], removed: [room] };
        // In the present state of each message.
        const changes = this.#changes.flatMap((change) =>
          change && change.seq > Math.max(from, client.floor) ? forReader(client, this.#present(change)) : [],
        );
        client.cursor = this.#changes.length;
        return { entries: [{ ...this.#counts(client), from, changes }], removed: [] };
      },
      true,
    );
  }

  #present(change: Change): Change {
    if (change.kind === 'message') return { ...change, message: this.messages.get(change.seq) ?? change.message };
    if (!('target' in change)) return change;
    const message = this.messages.get(change.target);
    return { ...change, ...(message && { message }) };
  }

  /** The log shows the next messages. */
  #show(client: Client): void {
    const next = this.#visible(client).filter(({ seq }) => seq > client.shown);
    for (const { seq, id } of next.slice(0, 1 + this.#below(3))) {
      this.story.tell(client.user, 'show', { seq, id }, room);
      client.shown = seq;
    }
  }

  #point(client: Client): void {
    const seq = this.#below(this.#changes.length + 1);
    const asking = this.story.ask(client.user, 'read', { seq }, room);
    this.#later(asking, () => {
      if (!client.isMember) return undefined;
      client.read = Math.max(client.read, seq);
      return {};
    });
  }

  #moveCara(): void {
    const cara = this.#clients[2];
    if (!cara) return;
    const goes = cara.isMember;
    const asking = goes
      ? this.story.ask('ann', 'remove', { user: 'cara' }, room)
      : this.story.ask('ann', 'add', { users: ['cara'] }, room);
    this.#later(asking, () => {
      if (cara.isMember !== goes) return {};
      const seq = this.#changes.length + 1;
      this.#push({ kind: 'member', seq, user: 'cara', change: goes ? 'out' : 'in' });
      // Her client learns of it in time to begin its log anew.
      if (goes) this.story.tell('cara', 'receive', { kind: 'member', seq, user: 'cara', change: 'out' }, room);
      Object.assign(cara, { isMember: !goes }, !goes && { floor: seq, cursor: seq, read: seq, shown: seq });
      return {};
    });
  }

  #readAll(client: Client): void {
    const all = this.#visible(client);
    let end = all.length;
    do {
      const begin = Math.max(0, end - 4);
      const bound = all[end]?.seq;
      const messages = all.slice(begin, end);
      this.story.do(
        client.user,
        'history',
        bound === undefined ? {} : { before: bound },
        { messages, more: begin > 0 },
        room,
      );
      end = begin;
    } while (end > 0);
  }
}

/** Who can't see a message isn't told its state when it changes. */
function forReader({ floor }: Client, change: Change): Change {
  if (!('target' in change) || change.target > floor) return change;
  const { message: _, ...rest } = change;
  return rest;
}
