import type { Conversation, HistoryAccess, Role } from 'storm-chat-protocol/conversations';
import type { ConversationEvent, Event, Sync, SyncedConversation } from 'storm-chat-protocol/events';
import type { History } from 'storm-chat-protocol/history';
import type { Message } from 'storm-chat-protocol/messages';
import type { Receipts } from 'storm-chat-protocol/receipts';

interface ModelMember {
  readonly role: Role;
  readonly joinedAt: string;
  readonly joinedSeq: number;
  readonly read: number;
  readonly delivered: number;
  readonly muted: boolean;
}

/** The event with a `seq`, with the present state of its message; undefined for a `seq` that was never used. */
type Row = ConversationEvent | undefined;

/** These limits are small, so that a short run exceeds each of them. */
const limits = { listedReactors: 1, changesAtOnce: 3, resyncAfter: 12 };
const time = (count: number) => new Date(Date.UTC(2026, 10, 22) + count * 1000).toISOString();
const failure = (code: string) => ({ error: { code, message: '', temporary: false } });

/** A server with one group: the simplest correct implementation of docs/protocol.md. */
export class ModelServer {
  readonly id = '01936a00-0000-7000-8000-0000000000c0';
  /** Pushes to the sockets of a person, except the one that caused the event. */
  push: (userId: string, event: Event, except: object | undefined) => void = () => {};
  epoch = '1';
  name = 'group';
  history: HistoryAccess = 'joined';
  members = new Map<string, ModelMember>();
  rows: Row[] = [];
  /** All messages as they were sent, whatever happened to them later. */
  accepted: string[] = [];
  /** The texts, as they were sent, of all messages that were ever deleted, also before a restore. */
  readonly deleted = new Set<string>();
  readonly #texts = new Map<string, string>();
  #reactions = new Map<number, Map<string, Set<string>>>();
  #erasedAt = new Map<string, string>();

  constructor(userIds: readonly string[]) {
    for (const [index, userId] of userIds.entries())
      this.members.set(userId, { ...this.#newMember(), role: index === 0 ? 'owner' : 'member' });
  }

  get lastSeq(): number {
    return this.rows.length;
  }

  get messages(): Message[] {
    return this.rows.flatMap((row) => (row?.type === 'message' ? [row.message] : []));
  }

  /** Returns a function that restores everything to what it is now, as another epoch. */
  backUp(): () => void {
    const { name, history, members, rows, accepted } = this;
    const copy = structuredClone({ name, history, members, rows, accepted });
    const [reactions, erasedAt] = structuredClone([this.#reactions, this.#erasedAt] as const);
    return () => {
      Object.assign(this, structuredClone(copy), { epoch: String(Number(this.epoch) + 1) });
      this.#reactions = structuredClone(reactions);
      this.#erasedAt = structuredClone(erasedAt);
    };
  }

  /** Skips a `seq`, which is never used then. */
  skip(): void {
    this.rows.push(undefined);
  }

  /** Answers a frame that came over somebody's socket. */
  answer(userId: string, frame: Record<string, unknown>, socket: object | undefined): object {
    const member = this.members.get(userId);
    const [seq, text] = [Number(frame['seq']), String(frame['text'])];
    if (frame['action'] === 'presence') return { ok: { users: [] } };
    if (!member) return failure('forbidden');
    if (frame['action'] === 'message') return this.#send(userId, String(frame['id']), text, socket);
    if (frame['action'] === 'receipts') {
      for (const one of frame['receipts'] as { seq: number; status: string }[])
        this.#receipt(userId, one.seq, one.status === 'read', socket);
      return { ok: {} };
    }
    if (frame['action'] === 'receipt') return this.#receipt(userId, seq, frame['status'] === 'read', socket);
    const target = this.rows[seq - 1];
    if (target?.type !== 'message' || seq <= this.#floor(member)) return failure('not_found');
    const { message } = target;
    if (message.deletedAt)
      return frame['action'] === 'delete' ? { ok: { seq: message.updatedSeq } } : failure('conflict');
    const next = this.lastSeq + 1;
    const event = { conversationId: this.id, seq: next, target: seq, by: userId };
    if (frame['action'] === 'react') {
      const [emoji, removed] = [String(frame['emoji']), frame['remove'] === true];
      if (!this.#react(seq, userId, emoji, removed)) return { ok: { seq: message.updatedSeq ?? seq } };
      this.#replace({ ...message, updatedSeq: next });
      return this.#commit({ type: 'reacted', ...event, emoji, ...(removed && { removed: true }) });
    }
    if (message.senderId !== userId) return failure('forbidden');
    if (frame['action'] === 'edit') {
      this.#replace({ ...message, text, editedAt: time(next), updatedSeq: next });
      return this.#commit({ type: 'edited', ...event });
    }
    const { editedAt: _, ...kept } = message;
    this.#reactions.delete(seq);
    this.deleted.add(this.#texts.get(message.clientId) ?? '');
    this.#replace({ ...kept, text: '', deletedAt: time(next), updatedSeq: next });
    return this.#commit({ type: 'deleted', ...event });
  }

  rename(name: string): void {
    this.name = name;
    this.#commit({ type: 'conversation', conversationId: this.id, seq: this.lastSeq + 1, name });
  }

  open(history: HistoryAccess): void {
    if (history === this.history) return;
    this.history = history;
    this.#commit({ type: 'conversation', conversationId: this.id, seq: this.lastSeq + 1, history });
  }

  change(by: string, userId: string, change: 'added' | 'removed' | 'left' | 'role'): void {
    const member = this.members.get(userId);
    if ((member === undefined) !== (change === 'added')) return;
    const seq = this.lastSeq + 1;
    const role: Role = member?.role === 'member' ? 'admin' : 'member';
    if (change === 'added') this.members.set(userId, this.#newMember(seq));
    else if (change !== 'role') this.members.delete(userId);
    else if (member) this.members.set(userId, { ...member, role });
    const told = change === 'role' || change === 'added' ? { role } : {};
    const event = { type: 'member', conversationId: this.id, seq, userId, change, by, ...told } as const;
    this.#commit(event);
    if (!this.members.has(userId)) this.push(userId, event, undefined);
  }

  erase(userId: string): void {
    this.change(userId, userId, 'left');
    const seq = this.lastSeq + 1;
    // The time of the erasure. It stays the same when the erasure is repeated.
    const at = this.#erasedAt.get(userId) ?? time(seq);
    this.#erasedAt.set(userId, at);
    for (const { editedAt: _, ...message } of this.messages)
      if (message.senderId === userId && !message.deletedAt) {
        this.#reactions.delete(message.seq);
        this.#replace({ ...message, text: '', deletedAt: at });
      }
    this.#commit({ type: 'member', conversationId: this.id, seq, userId, change: 'erased', by: userId, at });
  }

  mute(userId: string, muted: boolean): void {
    const member = this.members.get(userId);
    if (!member) return;
    this.members.set(userId, { ...member, muted });
    this.push(userId, { type: 'muted', conversationId: this.id, muted }, undefined);
  }

  sync(userId: string, cursors: Readonly<Record<string, number>>): Sync {
    const member = this.members.get(userId);
    const cursor = cursors[this.id];
    const removed = Object.keys(cursors).filter((id) => id !== this.id || !member);
    const added = member && cursor === undefined ? [this.#view(userId, member)] : [];
    const conversations = member && cursor !== undefined ? [this.#synced(userId, member, cursor)] : [];
    return { conversations, added, removed, more: conversations.some(({ more }) => more) };
  }

  historyOf(userId: string, before = Number.POSITIVE_INFINITY, limit = 4): History {
    const floor = this.#floor(this.members.get(userId));
    const messages = this.messages.filter(({ seq }) => seq > floor && seq < before);
    const page = messages.slice(-limit).map((message) => this.#stateOf(message, userId));
    return { messages: page, hasMore: messages.length > page.length };
  }

  receipts(): Receipts {
    const all = [...this.members].map(([userId, { read, delivered }]) => ({ userId, read, delivered }));
    return { receipts: all.map((one) => ({ ...one, delivered: Math.max(one.delivered, one.read) })) };
  }

  #send(userId: string, clientId: string, text: string, socket: object | undefined): object {
    const known = this.messages.find((message) => message.clientId === clientId);
    if (known) return { ok: { seq: known.seq, sentAt: known.sentAt } };
    const seq = this.lastSeq + 1;
    const n = this.messages.length + 1;
    const [sentAt, member] = [time(seq), this.members.get(userId)];
    const message = { seq, n, senderId: userId, clientId, text, media: [], replyTo: null, sentAt };
    if (member) this.members.set(userId, { ...member, read: seq });
    this.accepted.push(text);
    this.#texts.set(clientId, text);
    this.#commit({ type: 'message', conversationId: this.id, seq, message }, socket);
    return { ok: { seq, sentAt } };
  }

  #receipt(userId: string, seq: number, isRead: boolean, socket: object | undefined): object {
    const member = this.members.get(userId);
    if (!member) return failure('forbidden');
    const upTo = Math.min(seq, this.lastSeq);
    const read = isRead ? Math.max(member.read, upTo) : member.read;
    const delivered = Math.max(member.delivered, upTo, read);
    this.members.set(userId, { ...member, read, delivered });
    for (const other of this.members.keys())
      this.push(other, { type: 'receipt', conversationId: this.id, userId, delivered, read }, socket);
    return { ok: {} };
  }

  #react(seq: number, userId: string, emoji: string, removed: boolean): boolean {
    const ofMessage = this.#reactions.get(seq) ?? new Map<string, Set<string>>();
    const people = ofMessage.get(emoji) ?? new Set();
    if (people.has(userId) !== removed) return false;
    if (removed) people.delete(userId);
    else people.add(userId);
    if (people.size === 0) ofMessage.delete(emoji);
    else ofMessage.set(emoji, people);
    this.#reactions.set(seq, ofMessage);
    return true;
  }

  #commit(event: ConversationEvent, socket?: object): object {
    this.rows.push(event);
    for (const [userId, member] of this.members)
      if (member.joinedSeq < event.seq || event.type === 'member')
        this.push(userId, this.#eventFor(event, member, undefined), socket);
    return { ok: { seq: event.seq } };
  }

  #replace(message: Message): void {
    const row = this.rows[message.seq - 1];
    if (row?.type === 'message') this.rows[message.seq - 1] = { ...row, message };
  }

  /** The event with the newest state of its message, if the person may see the message. */
  #eventFor(event: ConversationEvent, member: ModelMember, userId: string | undefined): ConversationEvent {
    if (event.type === 'message') return { ...event, message: this.#stateOf(event.message, userId) };
    if (event.type === 'member' || event.type === 'conversation') return event;
    const target = this.rows[event.target - 1];
    if (target?.type !== 'message' || event.target <= this.#floor(member)) return event;
    return { ...event, message: this.#stateOf(target.message, userId) };
  }

  #stateOf(message: Message, userId: string | undefined): Message {
    const reactions = [...(this.#reactions.get(message.seq) ?? [])].map(([emoji, people]) => ({
      emoji,
      count: people.size,
      userIds: [...people].slice(0, limits.listedReactors),
      ...(userId !== undefined && people.has(userId) && { mine: true as const }),
    }));
    return reactions.length > 0 ? { ...message, reactions } : message;
  }

  #synced(userId: string, member: ModelMember, cursor: number): SyncedConversation {
    const { lastSeq } = this;
    const { read: readSeq, muted } = member;
    const state = {
      conversationId: this.id,
      epoch: this.epoch,
      lastSeq,
      readSeq,
      unread: this.#unread(userId, member),
      muted,
    };
    if ((cursor > 0 && cursor < this.#floor(member)) || cursor > lastSeq || lastSeq - cursor > limits.resyncAfter) {
      const page = this.historyOf(userId).messages;
      const events = page.map((message) => ({
        type: 'message' as const,
        conversationId: this.id,
        seq: message.seq,
        message,
      }));
      return { ...state, events, more: false, resync: true };
    }
    const from = Math.max(cursor, this.#floor(member));
    const page = this.rows.slice(from).filter((row) => row !== undefined);
    const events = page.slice(0, limits.changesAtOnce).map((event) => this.#eventFor(event, member, userId));
    return { ...state, events, more: page.length > events.length };
  }

  #view(userId: string, member: ModelMember): Conversation {
    return {
      id: this.id,
      type: 'group',
      name: this.name,
      avatarUrl: null,
      history: this.history,
      members: [...this.members].map(([id, { role, joinedAt }]) => ({ userId: id, role, joinedAt })),
      memberCount: this.members.size,
      epoch: this.epoch,
      lastSeq: this.lastSeq,
      readSeq: member.read,
      unread: this.#unread(userId, member),
      lastMessage: this.historyOf(userId, undefined, 1).messages[0] ?? null,
      muted: member.muted,
      createdAt: time(0),
    };
  }

  #unread(userId: string, { read }: ModelMember): number {
    return this.messages.filter(({ seq, senderId }) => seq > read && senderId !== userId).length;
  }

  #floor(member: ModelMember | undefined): number {
    return this.history === 'all' ? 0 : (member?.joinedSeq ?? 0);
  }

  #newMember(seq = 0): ModelMember {
    return { role: 'member', joinedAt: time(seq), joinedSeq: seq, read: seq, delivered: seq, muted: false };
  }
}
