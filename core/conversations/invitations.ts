import { limits } from '#protocol/limits.ts';

/** An invitation to a group that waits for an answer. `at` is when it was made, in ms since 1970. */
export interface PendingInvitation {
  readonly conversationId: string;
  readonly by: string;
  readonly at: number;
  /** Whether the user didn't know the one who invites them (decision 0095). */
  readonly stranger?: true | undefined;
}

/** The invitations of a user. They are stored together, so that their number is exact. */
export interface InvitationList {
  /** It increases with each change. 0 stands for a list that isn't stored yet. */
  readonly revision: number;
  readonly pending: readonly PendingInvitation[];
  /** When the user declined, in ms since 1970, by the id of the conversation. */
  readonly declined: ReadonlyMap<string, number>;
}

export const emptyList: InvitationList = { revision: 0, pending: [], declined: new Map() };

/** For so long a user isn't invited again to a group to which they declined to come, in ms. */
const peaceMs = 30 * 24 * 3600_000;

/**
 * The list with a new invitation, or undefined if it isn't made: the user has one to the same conversation, unless that one
 * `isLapsed`, or has declined one not long ago, or their list is full. In a full list a new invitation displaces the oldest by a
 * stranger. If there is none, one by a stranger isn't made, and one by an acquaintance displaces the oldest.
 */
export function invite(
  list: InvitationList,
  invitation: PendingInvitation,
  isLapsed: (earlier: PendingInvitation) => boolean,
): InvitationList | undefined {
  const { conversationId, at, stranger } = invitation;
  const declinedAt = list.declined.get(conversationId);
  if (declinedAt !== undefined && at < declinedAt + peaceMs) return undefined;
  const earlier = list.pending.find((one) => one.conversationId === conversationId);
  if (earlier && !isLapsed(earlier)) return undefined;
  let others = list.pending.filter((one) => one !== earlier);
  if (others.length >= limits.invitations) {
    const oldestFirst = others.toSorted((a, b) => a.at - b.at);
    const displaced = oldestFirst.find((one) => one.stranger) ?? (stranger ? undefined : oldestFirst[0]);
    if (!displaced) return undefined;
    others = others.filter((one) => one !== displaced);
  }
  return { ...list, pending: [...others, invitation] };
}

/** The list without the invitation to a conversation. */
export function answered(list: InvitationList, conversationId: string): InvitationList {
  return { ...list, pending: list.pending.filter((one) => one.conversationId !== conversationId) };
}

/** The list after the user has declined an invitation, at `now` in ms since 1970. It keeps the last `limits.invitations` of these. */
export function declined(list: InvitationList, conversationId: string, now: number): InvitationList {
  const all = [...list.declined, [conversationId, now] as const].sort(([, a], [, b]) => a - b);
  return { ...answered(list, conversationId), declined: new Map(all.slice(-limits.invitations)) };
}
