import type { Change } from '#core/conversations/change.ts';
import type { Conversation, Member } from '#core/conversations/conversation.ts';
import type { Connection, TimedConnection } from '#core/delivery/ports.ts';
import type { ReceiptPorts } from '#core/delivery/receipts.ts';
import type { Event } from '#protocol/events.ts';
import type { Settings } from '#protocol/people.ts';
import { type TestRuntime, testRuntime } from './runtime.ts';

export function memberOf(userId: string, more: Partial<Member> = {}): Member {
  return {
    userId,
    role: 'member',
    joinedAt: 0,
    joinedSeq: 0,
    readSeq: 0,
    readN: 0,
    deliveredSeq: 0,
    mark: undefined,
    ...more,
  };
}

/** A small group of some members. */
export function conversationOf(
  members: Readonly<Record<string, Partial<Member>>>,
  more: Partial<Conversation> = {},
): Conversation {
  const entries = Object.entries(members).map(([userId, member]) => [userId, memberOf(userId, member)] as const);
  return {
    id: 'room',
    type: 'group',
    name: 'Room',
    history: 'joined',
    createdAt: 0,
    seq: 0,
    n: 0,
    voids: [],
    lastActivityAt: 0,
    lastMessageSeq: 0,
    revision: 0,
    memberCount: entries.length,
    large: false,
    members: new Map(entries),
    ...more,
  };
}

interface World {
  readonly settings?: Readonly<Record<string, Partial<Settings>>>;
  readonly connections?: Readonly<Record<string, readonly string[]>>;
  /** Whom someone has blocked. */
  readonly blocks?: Readonly<Record<string, readonly string[]>>;
  readonly changes?: readonly Change[];
  /** Who wrote what the receipts are about, by default everyone. */
  readonly authors?: readonly string[];
  /** When the last closed socket of someone closed. By default none has. */
  readonly lastSeenAt?: Readonly<Record<string, number>>;
}

export interface TestDelivery extends ReceiptPorts {
  readonly runtime: TestRuntime;
  /** What each connection got, in order. */
  readonly got: Record<string, Event[]>;
  /** Of which conversations the head was loaded. */
  readonly loaded: string[];
  deliverOnce(event: Event, connections: readonly Connection[]): Promise<number>;
  at(conversationId: string, seqs: readonly number[]): Promise<Change[]>;
}

/** Delivery around one conversation, in memory. Everyone has one connection, by their own name, unless `connections` says so. */
export function deliveryOf(conversation: Conversation | undefined, world: World = {}): TestDelivery {
  const runtime = testRuntime();
  const got: TestDelivery['got'] = {};
  const loaded: string[] = [];
  const connectionsOf = (userIds: readonly string[]): TimedConnection[] =>
    userIds.flatMap((userId) =>
      (world.connections?.[userId] ?? [userId]).map((connectionId) => ({ userId, connectionId, since: 0 })),
    );
  const deliver = async (events: readonly Event[], connections: readonly Connection[]) => {
    for (const { connectionId } of connections) {
      got[connectionId] ??= [];
      got[connectionId].push(...events);
    }
  };
  return {
    ...runtime,
    runtime,
    got,
    loaded,
    async load(conversationId) {
      loaded.push(conversationId);
      return conversation;
    },
    recipientsOf: async ({ members }) => [...members.values()],
    connectionsOf: async (userIds) => connectionsOf(userIds),
    statesOf: async (userIds) =>
      userIds.map((userId) => ({
        userId,
        settings: {
          privateRead: false,
          invisible: false,
          pushText: true,
          whoMayAdd: 'everyone',
          ...world.settings?.[userId],
        },
        connections: connectionsOf([userId]),
        lastSeenAt: world.lastSeenAt?.[userId],
        pushUntil: undefined,
        mayBlock: world.blocks?.[userId] !== undefined,
      })),
    authorsOf: async () => world.authors && new Set(world.authors),
    blockedBy: async (userId) => world.blocks?.[userId] ?? [],
    deliver,
    async deliverOnce(event, connections) {
      await deliver([event], connections);
      return 0;
    },
    at: async (_, seqs) => (world.changes ?? []).filter(({ seq }) => seqs.includes(seq)),
    avatarUrl: (mediaId) => `https://media.example/${mediaId}`,
  };
}
