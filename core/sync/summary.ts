import { type OwnConversation, ownOf } from '#core/access.ts';
import { chunk } from '#core/chunk.ts';
import { type Conversation, inlineMembers } from '#core/conversations/conversation.ts';
import { unreadOf, type VoidReader } from '#core/messages/unread.ts';
import type { Runtime } from '#core/runtime.ts';
import { byActivity, type Membership } from './conversation-view.ts';

/** What a member's catching up, list and badge need of a conversation, as of its `seq`. It is stored in their membership. */
export interface Summary extends Pick<Conversation, 'seq' | 'lastActivityAt'> {
  readonly readSeq: number;
  readonly unread: number;
}

/**
 * It says that a member has to look at a conversation, because it may have changed since their summary. With `unread`, the summary
 * counts, and says that there are unread messages: the badge needs no more than the openings.
 */
export interface Opening {
  readonly conversationId: string;
  readonly version: number;
  readonly unread?: number | undefined;
}

export interface Openings {
  /**
   * Since when each membership without a summary has an opening, in ms since 1970; 0 if none was without. It is undefined as long as
   * there may be memberships from before there were openings, or from before a restore. Then no summary counts.
   */
  readonly completeSince: number | undefined;
  readonly openings: ReadonlyMap<string, Opening>;
}

/** Since when the openings of a user are complete, and in which epoch (decision 0123). */
export interface Completion {
  readonly since: number;
  readonly epoch: string;
}

/** A conversation of which a summary is made, with what was read for it. */
export interface Summarizing extends OwnConversation {
  readonly muted: boolean;
  /** The former summary in the membership, and the opening. */
  readonly before: Summary | undefined;
  readonly opening: Opening | undefined;
}

export interface SummaryStore extends VoidReader, Pick<Runtime, 'now'> {
  readonly epoch: string;
  memberships(userId: string): Promise<Membership[]>;
  /** Loads those conversations that exist, each with the user's own entry; consistently, unless told otherwise. */
  loadAll(
    conversationIds: readonly string[],
    userId: string,
    options?: { readonly consistent: boolean },
  ): Promise<Conversation[]>;
  openings(
    userId: string,
    options: { readonly consistent: boolean },
  ): Promise<{ completion: Completion | undefined; openings: ReadonlyMap<string, Opening> }>;
  open(userId: string, conversationIds: readonly string[]): Promise<void>;
  complete(userId: string, completion: Completion): Promise<void>;
  /** Removes an opening, unless there was another one since. */
  forget(userId: string, opening: Opening): Promise<void>;
  /**
   * Stores a summary, and removes the opening or sets its `unread`. It does nothing if the conversation, the member's read pointer,
   * their membership or the opening have changed since they were read.
   */
  summarize(userId: string, summarizing: Summarizing, summary: Summary): Promise<void>;
}

/** Which conversations are summarized. Whatever it says, nobody misses a change. */
interface Policy {
  /**
   * So many of a user's conversations have no summary but are looked at each time: those that were active last. So who has only a
   * few, or writes in a few, has no summaries, and the senders nothing to do for them.
   */
  readonly lookedAt: number;
  /**
   * A conversation is summarized after nothing was written in it for so long, in ms. Otherwise each message could take a summary
   * back.
   */
  readonly quietMs: number;
}

const usual: Policy = { lookedAt: 10, quietMs: 60_000 };
/** How many summaries and openings one request writes. */
const writtenAtOnce = 250;
const parallelWrites = 25;

/**
 * A membership without summary and opening was written by former code. While such code runs it changes conversations without opening
 * them, so nothing is summarized for so long after one was found, in ms.
 */
const formerCodeMs = 24 * 3600_000;

/** The openings of a user. After a restore, those of the epoch before don't count as complete: some may be missing. */
export async function openingsOf(
  store: Pick<SummaryStore, 'openings' | 'epoch'>,
  userId: string,
  options: { readonly consistent: boolean },
): Promise<Openings> {
  const { completion, openings } = await store.openings(userId, options);
  return { completeSince: completion?.epoch === store.epoch ? completion.since : undefined, openings };
}

/** Whether conversations may be summarized for a user. */
export function maySummarize({ completeSince }: Openings, now: number): boolean {
  return completeSince !== undefined && completeSince < now - formerCodeMs;
}

/** A user's conversation by its summary, or loaded. */
export interface Listed extends Pick<Conversation, 'id' | 'lastActivityAt'> {
  readonly muted: boolean;
  readonly summary?: Summary;
  readonly own?: OwnConversation;
}

export interface Overview {
  /** All conversations of the user, ordered by the latest activity. */
  readonly conversations: readonly Listed[];
  /** Summarizes conversations that were looked at, so that the next request needn't. It needn't succeed. */
  summarize(): Promise<void>;
}

/** All conversations of a user. Only those are loaded that may have changed since the user's summary (decision 0119). */
export async function overview(store: SummaryStore, userId: string, policy = usual): Promise<Overview> {
  // The openings are read first: one that isn't there any more was removed after the summary was stored.
  const known = await openingsOf(store, userId, { consistent: true });
  const { openings, completeSince } = known;
  const memberships = await store.memberships(userId);
  const counts = ({ conversationId, summary }: Membership) => {
    const opening = openings.get(conversationId);
    const isClosed = opening === undefined || opening.unread !== undefined;
    return completeSince !== undefined && summary !== undefined && isClosed;
  };
  const open = memberships.filter((membership) => !counts(membership));
  const loaded = await store.loadAll(
    open.map(({ conversationId }) => conversationId),
    userId,
  );
  const opened = openOf(userId, loaded, open, openings);
  const conversations = [
    ...memberships
      .filter(counts)
      .flatMap(({ conversationId: id, muted, summary }) =>
        summary ? [{ id, muted, lastActivityAt: summary.lastActivityAt, summary }] : [],
      ),
    ...opened.map(({ conversation, me, muted }) => {
      const { id, lastActivityAt } = conversation;
      return { id, muted, lastActivityAt, own: { conversation, me } };
    }),
  ].sort(byActivity);

  return {
    conversations,
    async summarize() {
      const now = store.now();
      const isOpen = (id: string) => openings.has(id) && openings.get(id)?.unread === undefined;
      const unopened = open.map(({ conversationId }) => conversationId).filter((id) => !isOpen(id));
      const resting = unopened.length === 0 && maySummarize(known, now) ? restingAmong(opened, now, policy) : [];
      const ids = new Set(memberships.map(({ conversationId }) => conversationId));
      // An opening without `unread` may be that of a conversation to which the user is just being added.
      const stray = [...openings.values()].filter(({ conversationId, unread }) => !ids.has(conversationId) && unread);
      await Promise.allSettled([
        summarizeAll(store, userId, resting),
        openSome(store, userId, unopened, known, now),
        ...stray.map((opening) => store.forget(userId, opening)),
      ]);
    },
  };
}

/** Opens the conversations of memberships that have neither a summary nor an opening. */
async function openSome(
  store: SummaryStore,
  userId: string,
  unopened: readonly string[],
  { completeSince }: Openings,
  now: number,
): Promise<void> {
  await store.open(userId, unopened.slice(0, writtenAtOnce));
  if (unopened.length > writtenAtOnce) return;
  if (unopened.length > 0 || completeSince === undefined)
    await store.complete(userId, { since: unopened.length > 0 ? now : 0, epoch: store.epoch });
}

/** What was read of the conversations that a user has to look at. */
function openOf(
  userId: string,
  loaded: readonly Conversation[],
  memberships: readonly Membership[],
  openings: ReadonlyMap<string, Opening>,
): Summarizing[] {
  const byId = new Map(memberships.map((membership) => [membership.conversationId, membership]));
  return loaded.flatMap((conversation) => {
    const own = ownOf(conversation, userId);
    const { muted = false, summary: before } = byId.get(conversation.id) ?? {};
    return own ? [{ ...own, muted, before, opening: openings.get(conversation.id) }] : [];
  });
}

/** Those of the conversations that were looked at which are worth a summary. */
export function restingAmong(looked: readonly Summarizing[], now: number, policy = usual): Summarizing[] {
  return looked
    .toSorted((a, b) => byActivity(a.conversation, b.conversation))
    .slice(policy.lookedAt)
    .filter(({ conversation: { lastActivityAt, memberCount } }) => {
      return lastActivityAt < now - policy.quietMs && memberCount <= inlineMembers;
    })
    .slice(-writtenAtOnce);
}

export async function summarizeAll(store: SummaryStore, userId: string, all: readonly Summarizing[]): Promise<void> {
  for (const some of chunk(all, parallelWrites))
    await Promise.all(
      some.map(async (one) => {
        const { seq, lastActivityAt } = one.conversation;
        const unread = await unreadOf(store, one);
        await store.summarize(userId, one, { seq, lastActivityAt, readSeq: one.me.readSeq, unread });
      }),
    );
}

/** A user's conversation that is loaded. */
export interface Own extends OwnConversation {
  readonly muted: boolean;
}

/**
 * Loads those of a user's conversations that aren't. Where there is a summary, half a read unit is enough if what it gives is as the
 * summary says: nothing else has changed then, either.
 */
export async function loadListed(
  store: Pick<SummaryStore, 'loadAll'>,
  userId: string,
  listed: readonly Listed[],
): Promise<Own[]> {
  const missing = listed.filter(({ own }) => !own).map(({ id }) => id);
  const found = new Map<string, OwnConversation>();
  const load = async (ids: readonly string[], consistent: boolean) => {
    for (const conversation of await store.loadAll(ids, userId, { consistent })) {
      const own = ownOf(conversation, userId);
      if (own) found.set(conversation.id, own);
    }
  };
  await load(missing, false);
  const isBehind = ({ id, summary, own }: Listed) => {
    const { conversation, me } = found.get(id) ?? {};
    return !own && (conversation?.seq !== summary?.seq || me?.readSeq !== summary?.readSeq);
  };
  await load(
    listed.filter(isBehind).map(({ id }) => id),
    true,
  );
  return listed.flatMap(({ id, muted, own = found.get(id) }) => (own ? [{ ...own, muted }] : []));
}
