import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversationState } from '#client/index.ts';
import type { Person } from './person.ts';
import type { Random } from './random.ts';

/** Who does something, and where. */
export interface Situation {
  readonly person: Person;
  readonly conversation: ConversationState;
  readonly people: readonly Person[];
  readonly random: Random;
}

interface Operation {
  /** How often it comes, beside the others. */
  readonly weight: number;
  run(situation: Situation): Promise<unknown>;
}

/** For how long somebody is away. After it a session without a socket must have been forgotten, if something was sent to it. */
const awayMs = 6_000;

const emoji = ['👍', '🎉', '😀'];

/** Everything that people do. Failures are in the history: here they matter to nobody. */
export const operations = {
  /** The SDK sends, perhaps an answer. */
  send: {
    weight: 30,
    run({ person, conversation, random }) {
      const target = random.below(4) === 0 ? random.pick(conversation.messages) : undefined;
      return person.chat.send(conversation.id, text(random), target ? { replyTo: target.seq } : {});
    },
  },
  /** A new message, without the SDK, so that a person's messages are under way together. */
  sendRaw: {
    weight: 20,
    run: ({ person, conversation, random }) => person.raw.send(draft(person, conversation, random)),
  },
  /** The same message on two sockets at once. */
  sendTwice: {
    weight: 8,
    async run({ person, conversation, random }) {
      const message = draft(person, conversation, random);
      await Promise.all([person.raw.send(message), person.raw.send(message)]);
    },
  },
  /** A message that was sent before, perhaps long ago. */
  sendAgain: {
    weight: 8,
    run({ person, random }) {
      const message = random.pick(person.sent.slice(-10));
      return message ? person.raw.send(message) : Promise.resolve();
    },
  },
  /** A message that was written before a newer one, and goes out after it, twice at once: its id is no longer the highest. */
  sendLate: {
    weight: 6,
    async run({ person, conversation, random }) {
      const late = draft(person, conversation, random);
      await person.raw.send(draft(person, conversation, random));
      await Promise.all([person.raw.send(late), person.raw.send(late)]);
    },
  },
  /** Another message under an id that was used. */
  sendOther: {
    weight: 2,
    run({ person, random }) {
      const message = random.pick(person.sent.slice(-10));
      return message ? person.raw.send({ ...message, text: text(random) }) : Promise.resolve();
    },
  },
  edit: {
    weight: 8,
    run({ person, conversation, random }) {
      const own = conversation.messages.filter(({ senderId, deletedAt }) => senderId === person.id && !deletedAt);
      const target = random.pick(own.slice(-5));
      return target ? person.chat.edit(conversation.id, target.seq, text(random)) : Promise.resolve();
    },
  },
  delete: {
    weight: 3,
    run({ person, conversation, random }) {
      const target = random.pick(conversation.messages.filter(({ senderId }) => senderId === person.id).slice(-5));
      return target ? person.chat.delete(conversation.id, target.seq) : Promise.resolve();
    },
  },
  react: {
    weight: 6,
    run({ person, conversation, random }) {
      const target = random.pick(conversation.messages.slice(-5));
      const remove = random.below(3) === 0;
      return target
        ? person.chat.react(conversation.id, target.seq, random.pick(emoji) ?? '👍', remove)
        : Promise.resolve();
    },
  },
  read: { weight: 8, run: async ({ person, conversation }) => person.chat.markRead(conversation.id) },
  /** A receipt that comes after a newer one. */
  readOld: {
    weight: 4,
    run({ person, conversation, random }) {
      const { id, lastSeq } = conversation;
      const seq = random.below(lastSeq + 1);
      const receipt = { action: 'receipt', id: person.raw.newId(), conversationId: id, status: 'read', seq };
      return person.raw.ask(receipt);
    },
  },
  history: {
    weight: 6,
    run({ person, conversation, random }) {
      const middle = random.below(conversation.lastSeq + 1);
      const bounds = random.pick([{}, { before: middle + 1 }, { after: middle }]) ?? {};
      return person.api.history(conversation.id, { limit: 1 + random.below(20), ...bounds });
    },
  },
  /** A catch-up from some cursor, which needn't be the newest. */
  sync: {
    weight: 8,
    run({ person, random }) {
      const cursors = person.chat.conversations.all.map(({ id, lastSeq }) => [
        id,
        Math.max(0, lastSeq - random.below(8)),
      ]);
      return person.api.sync(Object.fromEntries(cursors));
    },
  },
  /** A catch-up of a client that knows nothing. */
  list: { weight: 3, run: ({ person }) => person.api.sync({}) },
  /** Somebody asks for a conversation of others, or writes into it. */
  trespass: {
    weight: 3,
    async run({ person, people, random }) {
      const conversation = random.pick(random.pick(people)?.chat.conversations.all ?? []);
      if (!conversation) return;
      if (random.below(2) === 0) await person.api.history(conversation.id, { limit: 20 });
      else await person.raw.send(draft(person, conversation, random));
    },
  },
  presence: {
    weight: 3,
    run: ({ person, conversation }) => {
      const userIds = conversation.members.map(({ userId }) => userId).filter((userId) => userId !== person.id);
      if (userIds.length === 0) return Promise.resolve();
      return person.raw.ask({ action: 'presence', id: person.raw.newId(), userIds });
    },
  },
  /** All of a person's sockets are lost. */
  reconnect: { weight: 3, run: async ({ person }) => person.cut() },
  reload: { weight: 1, run: async ({ person }) => person.reload() },
  /** All of a person's clients are gone for a while. Somebody writes to them, and then asks whether they are there. */
  away: {
    weight: 2,
    async run({ person, people, random }) {
      await person.close();
      const others = people.filter((one) => one !== person && one.chat.connection === 'online');
      const [other, shared] = random.pick(others.flatMap((one) => sharedWith(one, person))) ?? [];
      await sleep(awayMs / 6);
      const isSent = other && shared && (await other.raw.send(draft(other, shared, random)));
      await sleep((awayMs * 5) / 6);
      if (isSent) await other.raw.ask({ action: 'presence', id: other.raw.newId(), userIds: [person.id] });
      person.reload();
    },
  },
  /** Somebody who may adds somebody who isn't there, or was, to a group. What was written before isn't theirs to see. */
  add: {
    weight: 5,
    run({ people, random }) {
      const [manager, group] = random.pick(managed(people)) ?? [];
      const one = random.pick(people.filter((each) => group && !hasMember(group, each)));
      return manager && group && one ? manager.api.addMembers(group.id, [one.id]) : Promise.resolve();
    },
  },
  remove: {
    weight: 5,
    run({ people, random }) {
      const [manager, group] = random.pick(managed(people)) ?? [];
      const one = random.pick(people.filter((each) => each !== manager && group && hasMember(group, each)));
      return manager && group && one ? manager.api.removeMember(group.id, one.id) : Promise.resolve();
    },
  },
  /** Anybody tries to remove anybody, or to let them in. */
  usurp: {
    weight: 1,
    run({ person, conversation, people, random }) {
      const one = random.pick(people);
      if (conversation.type !== 'group' || !one || one === person) return Promise.resolve();
      if (random.below(2) === 0) return person.api.addMembers(conversation.id, [one.id]);
      return person.api.removeMember(conversation.id, one.id);
    },
  },
  leave: {
    weight: 0.3,
    run({ person, conversation }) {
      if (conversation.type !== 'group') return Promise.resolve();
      return person.api.removeMember(conversation.id, person.id);
    },
  },
  join: {
    weight: 1,
    async run({ person, random }) {
      const invited = random.pick(person.chat.invitations.all);
      if (invited) await person.api.acceptInvitation(invited.conversationId);
    },
  },
} as const satisfies Record<string, Operation>;

function hasMember({ members }: ConversationState, { id }: Person): boolean {
  return members.some(({ userId }) => userId === id);
}

function sharedWith(one: Person, other: Person): (readonly [Person, ConversationState])[] {
  return one.chat.conversations.all.filter((each) => hasMember(each, other)).map((each) => [one, each] as const);
}

/** The groups of everybody who may change their members. */
function managed(people: readonly Person[]): (readonly [Person, ConversationState])[] {
  return people.flatMap((person) => {
    const rules = ({ type, members }: ConversationState) =>
      type === 'group' && members.some(({ userId, role }) => userId === person.id && role !== 'member');
    return person.chat.conversations.all.filter(rules).map((group) => [person, group] as const);
  });
}

function text(random: Random): string {
  return `text ${random.below(2 ** 30)}`;
}

/** A new message of the raw client, which is kept to be sent again. */
function draft(person: Person, { id: conversationId, lastSeq }: ConversationState, random: Random) {
  const message = { id: person.raw.newId(), conversationId, text: text(random), after: lastSeq };
  person.sent.push(message);
  return message;
}
