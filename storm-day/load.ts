import type { Stream } from './orders.ts';

/** How many people there are. All of them are in the room. */
export interface Population {
  /** Those who write, a multiple of 8. */
  readonly writers: number;
  /** Those who only read, with clients of the SDK. At least 26, who are in the group of fifty. */
  readonly readers: number;
  /** Those who only read, with light clients, and only in the room. */
  readonly light: number;
}

/** The conversations of the day by the number of their members. */
export interface Conversations {
  readonly directs: readonly string[];
  readonly groups: readonly string[];
  readonly fifty: string;
  readonly room: string;
}

/** Messages per second in all conversations of a kind together. */
export interface Rates {
  readonly direct: number;
  readonly group: number;
  readonly fifty: number;
  readonly room: number;
}

/** The writers of each conversation, by their place among the writers. */
export type Members = ReturnType<typeof membersOf>;

export function membersOf({ writers }: Population) {
  return {
    direct: (i: number) => [2 * i, 2 * i + 1],
    group: (i: number) => Array.from({ length: 8 }, (_, k) => 8 * i + k),
    all: Array.from({ length: writers }, (_, i) => i),
  };
}

export function streamsOf(
  rates: Rates,
  { conversations: { directs, groups, fifty, room }, members }: { conversations: Conversations; members: Members },
): Stream[] {
  const streams = [
    ...directs.map((conversationId, i) => ({
      conversationId,
      writers: members.direct(i),
      perSecond: rates.direct / directs.length,
    })),
    ...groups.map((conversationId, i) => ({
      conversationId,
      writers: members.group(i),
      perSecond: rates.group / groups.length,
    })),
    { conversationId: fifty, writers: members.all, perSecond: rates.fifty },
    { conversationId: room, writers: members.all, perSecond: rates.room },
  ];
  return streams.filter(({ perSecond }) => perSecond > 0);
}
