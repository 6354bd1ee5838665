import type { Runtime } from '#core/runtime.ts';
import type { WhoMayAdd } from '#protocol/people.ts';

/** A user's membership of a conversation, or what is kept of a former one. */
export interface Stay {
  readonly userId: string;
  readonly conversationId: string;
  /** When a former member left or was removed, in ms since 1970. */
  readonly until?: number | undefined;
  /** Whether they left by themselves. It isn't known of those from before it was stored, who count as having left. */
  readonly left: boolean;
}

export interface AdmissionStore extends Pick<Runtime, 'now'> {
  /** The pairs in which `by` has blocked `userId`. */
  blocked(
    pairs: readonly { by: string; userId: string }[],
  ): Promise<readonly { readonly by: string; readonly userId: string }[]>;
  /** The present and former memberships among some pairs. */
  staysOf(pairs: readonly { userId: string; conversationId: string }[]): Promise<readonly Stay[]>;
  /** The users among `userIds` who agree to a direct conversation with `by` (`agrees` in core/access.ts). */
  partnersOf(by: string, userIds: readonly string[]): Promise<readonly string[]>;
  /**
   * The users among `userIds` who share a conversation with `by`, not counting those into which a stranger has put them and where
   * they haven't written. It takes a query for each of them.
   */
  fellowsOf(by: string, userIds: readonly string[]): Promise<readonly string[]>;
  /** Counts memberships or invitations by strangers, and returns the users for whom there is room today. 1 write unit a user. */
  takeFromStrangers(
    userIds: readonly string[],
    kind: 'memberships' | 'invitations',
    now: number,
  ): Promise<readonly string[]>;
}

/** A user who is invited instead of added. */
export interface Invited {
  readonly userId: string;
  readonly stranger: boolean;
  /** When they were a member for the last time, in ms since 1970. Earlier invitations are over. */
  readonly until: number;
}

/** What becomes of users whom somebody wants to add to a group. Those who are in neither list are left out. */
export interface Admission {
  readonly members: readonly string[];
  readonly invited: readonly Invited[];
  /** The members who didn't know the one who adds them. */
  readonly unasked: ReadonlySet<string>;
}

/**
 * Decides which of some users `by` adds to a group, and which are invited (decisions 0094 and 0095). Those who have blocked `by` are
 * neither. The reads are batched, whatever the number of users; only for those who let themselves be added by acquaintances, and for
 * those whom strangers have added too often today, their memberships are read. `conversationId` is undefined for a new group.
 */
export async function admit(
  store: AdmissionStore,
  by: string,
  userIds: readonly string[],
  settings: ReadonlyMap<string, WhoMayAdd>,
  conversationId: string | undefined,
): Promise<Admission> {
  const [blocks, stays, partners] = await Promise.all([
    store.blocked(userIds.map((userId) => ({ by: userId, userId: by }))),
    conversationId === undefined ? [] : store.staysOf(userIds.map((userId) => ({ userId, conversationId }))),
    store.partnersOf(by, userIds),
  ]);
  const blockers = new Set(blocks.map((block) => block.by));
  const open = userIds.filter((userId) => !blockers.has(userId));
  const stayOf = new Map(stays.map((stay) => [stay.userId, stay]));
  const known = new Set(partners);
  const isStranger = (userId: string) => !known.has(userId);
  async function lookAmongFellows(strangers: readonly string[]): Promise<void> {
    const fellows = strangers.length > 0 ? await store.fellowsOf(by, strangers) : [];
    for (const userId of fellows) known.add(userId);
  }

  await lookAmongFellows(open.filter(isStranger).filter((userId) => settings.get(userId) === 'acquaintances'));
  const willing = open.filter((userId) => {
    const setting = settings.get(userId);
    const mayAdd = setting === 'everyone' || (setting === 'acquaintances' && known.has(userId));
    return mayAdd && !stayOf.get(userId)?.left;
  });
  const unasked = new Set(await store.takeFromStrangers(willing.filter(isStranger), 'memberships', store.now()));
  await lookAmongFellows(willing.filter((userId) => isStranger(userId) && !unasked.has(userId)));
  const members = willing.filter((userId) => known.has(userId) || unasked.has(userId));

  const others = open.filter((userId) => !members.includes(userId));
  const within = new Set(await store.takeFromStrangers(others.filter(isStranger), 'invitations', store.now()));
  const invited = others
    .filter((userId) => known.has(userId) || within.has(userId))
    .map((userId) => ({ userId, stranger: isStranger(userId), until: stayOf.get(userId)?.until ?? 0 }));
  return { members, invited, unasked };
}
