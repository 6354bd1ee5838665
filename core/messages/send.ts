import { type ConversationLoader, loadOwn, mayWrite, requireOwn } from '#core/access.ts';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import { type Conversation, fanoutFor, type Member } from '#core/conversations/conversation.ts';
import { type ChangeReader, type Patience, patience, readAll } from '#core/conversations/read.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { type Draft, isFirst } from './draft.ts';
import { lookBack, pageSize } from './look-back.ts';

/** The atomic steps of sending. The function may crash after any of them. */
export interface SendStore extends ChangeReader, ConversationLoader {
  /** Whether the conversation is known to be large. If it is false, the conversation may be large all the same. */
  knownLarge(conversationId: string): boolean;
  /** How long the sender must wait until their token bucket allows a message, in ms. */
  waitMs(member: Member, now: number): number;
  /**
   * For a small conversation. If the sender is a member and not blocked, their token bucket allows it, the id is above their mark, and
   * `after` isn't above the newest number: gives the message the next number, and moves the mark, the read pointer and the token
   * bucket. Else returns the conversation as it is.
   */
  accept(draft: Draft, now: number): Promise<{ accepted: Conversation } | { refused: Conversation | undefined }>;
  /** For a large conversation: takes the next number. */
  number(conversationId: string, now: number): Promise<Conversation>;
  /**
   * For a large conversation: moves the mark, the read pointer and the token bucket for a number, if the id is above the mark.
   * Else returns the member as they are.
   */
  commit(
    draft: Draft,
    member: Member,
    at: Numbered,
    now: number,
  ): Promise<'committed' | { refused: Member | undefined }>;
  /**
   * Takes the next number for an id that isn't above the mark, and moves the read pointer and the token bucket. Returns undefined
   * if the sender has changed since they were loaded.
   */
  acceptOld(draft: Draft, conversation: Conversation, now: number): Promise<Conversation | undefined>;
  /**
   * Claims a number for an id, unless the id has a claim to a number above `verified`. Returns the number that the id has
   * afterwards.
   */
  claim(draft: Draft, seq: number, verified: number, now: number): Promise<number>;
  /**
   * Has the members look at the conversation again instead of at their summaries of it (decision 0119). It is called with the
   * conversation as it was read after the message got its number, and before the message can be read.
   */
  reopen(conversation: Conversation): Promise<void>;
  /** Stores the message if there is no change at its `seq`. Else returns the change that is there. */
  put(message: MessageChange): Promise<Change | undefined>;
  /** The `n` of the message at a `seq` which is used but whose change is missing. */
  nAt(conversationId: string, seq: number): Promise<number>;
}

export interface Sending<Audience> {
  readonly message: MessageChange;
  /** To whom the message has to be delivered. It is absent if that is done from the stream, or was done before. */
  readonly audience?: Audience;
}

export interface Attachments {
  /** The files, if the sender may send all of them. */
  find(): Promise<Result<readonly Attachment[]>>;
  /** Keeps the files while a message at this `seq` has them. Repeating it changes nothing. */
  keep(seq: number): Promise<void>;
}

interface Options<Audience> {
  /**
   * Finds those who see the change at a `seq`, after it has got that number and before it is written: so whoever connects later finds it
   * when they catch up. `subscribed` says whether one of them may have a push subscription (decision 0144).
   */
  readonly audienceOf: (conversation: Conversation, seq: number) => Promise<Audience>;
  /**
   * Called while a message is stored that this function doesn't deliver, so that who delivers it needn't wait for the table's stream. It
   * doesn't throw.
   */
  readonly announce?: (message: MessageChange) => Promise<unknown>;
  /** The files of a message with media. */
  readonly attachments?: Attachments | undefined;
  /** Called before each page of changes that is searched for an old id, so that this work can be charged. */
  readonly searching?: () => void;
  readonly waits?: Patience;
}

export type Numbered = Pick<MessageChange, 'seq' | 'n'>;

/**
 * Stores a message exactly once, at one `seq`, even if the same id is sent several times or concurrently (decision 0001). If the
 * id is above the sender's mark, it was never accepted. If it is the mark, its number is known. If it is below the mark, the
 * changes since `after` are searched for it, and then those from a day before the id was made. Only a new message is charged to the
 * sender's token bucket, and only its media must exist. Errors: `not_found`, `forbidden`, `bad_request` (there is no such `after`),
 * `conflict` (the id was used with other content), `stale`, `rate_limited`, and those of `attachments`.
 */
export async function send<Audience extends { readonly subscribed: boolean }>(
  store: SendStore & Pick<Runtime, 'now' | 'sleep'>,
  draft: Draft,
  { audienceOf, announce, attachments, searching, waits = patience }: Options<Audience>,
): Promise<Result<Sending<Audience>>> {
  const { after = 0 } = draft;
  const media = (await attachments?.find()) ?? { ok: [] };
  // `accept` takes a number at once. If the media can't be sent, the message must not get one, so it goes the way of large
  // conversations.
  return 'error' in media || store.knownLarge(draft.conversationId) ? sendLarge() : sendSmall();

  async function sendSmall(): Promise<Result<Sending<Audience>>> {
    const answer = await store.accept(draft, store.now());
    if ('accepted' in answer) return place(answer.accepted, answer.accepted);
    if (answer.refused?.large) return sendLarge();
    const own = requireOwn(answer.refused, draft.senderId);
    if ('error' in own) return own;
    const { conversation, me } = own.ok;
    if (!isAbove(me)) return resend(me, conversation);
    const allowed = mayWrite(me);
    if ('error' in allowed) return allowed;
    return isAhead(conversation) ? noSuchAfter() : limited(me);
  }

  async function sendLarge(): Promise<Result<Sending<Audience>>> {
    const own = await loadOwn(store, draft.senderId, draft.conversationId);
    if ('error' in own) return own;
    const { conversation: before, me: member } = own.ok;
    if (!isAbove(member)) return resend(member, before);
    if (isAhead(before)) return noSuchAfter();
    if ('error' in media) return media;
    const now = store.now();
    if (store.waitMs(member, now) > 0) return limited(member);

    const conversation = await store.number(draft.conversationId, now);
    const [answer, audience] = await Promise.all([
      store.commit(draft, member, conversation, now),
      inlineAudience(conversation, conversation.seq),
    ]);
    if (answer === 'committed') return place(conversation, conversation, audience);
    // Another call has committed this id or a higher one in the meantime. Nobody will use the number, so it is sealed.
    await store.seal(draft.conversationId, conversation.seq);
    return answer.refused ? resend(answer.refused, conversation) : fail('forbidden');
  }

  function isAbove({ mark }: Member): boolean {
    return mark === undefined || mark.id < draft.clientId;
  }

  function isAhead({ seq }: Conversation): boolean {
    return after > seq;
  }

  function limited(member: Member): Result<never> {
    return fail('rate_limited', undefined, Math.max(1, store.waitMs(member, store.now())));
  }

  /** Handles an id that is at or below the mark, so it may have been sent before. */
  async function resend({ mark }: Member, conversation: Conversation): Promise<Result<Sending<Audience>>> {
    if (mark?.id !== draft.clientId) return search();
    const [there] = await store.range(draft.conversationId, mark.seq, mark.seq);
    // The call that stored the message may have crashed before it delivered it. So the message is delivered again, unless the
    // stream does that.
    const audience = there && !there.fanout ? await audienceOf(conversation, mark.seq) : undefined;
    if (there) return judge(there, audience) ?? search();
    return place({ seq: mark.seq, n: await store.nAt(draft.conversationId, mark.seq) }, conversation);
  }

  /** Those to whom this function delivers the message, if the stream doesn't. */
  async function inlineAudience(conversation: Conversation, seq: number): Promise<Audience | undefined> {
    return fanoutFor(conversation.memberCount).fanout ? undefined : audienceOf(conversation, seq);
  }

  async function place(
    at: Numbered,
    conversation: Conversation,
    audience?: Audience,
  ): Promise<Result<Sending<Audience>>> {
    return (await write(at, conversation, audience)) ?? search();
  }

  /** Stores the message at its number. Returns undefined if the number was sealed in the meantime. */
  async function write(
    at: Numbered,
    conversation: Conversation,
    known?: Audience,
  ): Promise<Result<Sending<Audience>> | undefined> {
    if ('error' in media) return media;
    // The files are kept before the message is stored, so that everyone who reads the message can get them.
    if (media.ok.length > 0) await attachments?.keep(at.seq);
    await store.reopen(conversation);
    const { after: _, mediaIds: _mediaIds, ...content } = draft;
    const audience = known ?? (await inlineAudience(conversation, at.seq));
    const message: MessageChange = {
      type: 'message',
      ...content,
      ...(media.ok.length > 0 && { media: media.ok }),
      seq: at.seq,
      n: at.n,
      sentAt: store.now(),
      ...(audience ? !audience.subscribed && { quiet: true } : { fanout: true }),
    };
    const announced = message.fanout && announce?.(message);
    const there = await store.put(message);
    await announced;
    return there ? judge(there, audience) : { ok: { message, ...(audience && { audience }) } };
  }

  /**
   * Searches the changes after `after`, and those before it that the message can be among, for the id, which is at or below the
   * mark. If it isn't found, the message gets a new number. Concurrent calls for the same id agree on one number by a claim.
   */
  async function search(): Promise<Result<Sending<Audience>>> {
    for (let verified: number | undefined; ; ) {
      const own = await loadOwn(store, draft.senderId, draft.conversationId);
      if ('error' in own) return own;
      const { conversation, me: member } = own.ok;
      const last = conversation.seq;
      const from = verified ?? Math.min(after, last);
      if (last - from > limits.staleChanges) return fail('stale');
      for (let first = from + 1; first <= last; first += pageSize) {
        const found = judgeAll(await read(first, Math.min(last, first + pageSize - 1)));
        if (found) return found;
      }
      let lowest = from;
      for await (const changes of verified === undefined ? lookBack(draft.clientId, from, read) : []) {
        const found = judgeAll(changes);
        if (found) return found;
        lowest -= changes.length;
        if (last - lowest > limits.staleChanges) return fail('stale');
      }
      verified = last;
      if (isAhead(conversation)) return noSuchAfter();
      // The block is checked after the search, because a message that was accepted before the block stays accepted.
      const allowed = mayWrite(member);
      if ('error' in allowed) return allowed;
      if ('error' in media) return media;
      const now = store.now();
      if (store.waitMs(member, now) > 0) return limited(member);
      const accepted = await store.acceptOld(draft, conversation, now);
      const found = accepted && (await placeClaimed(accepted, verified, now));
      if (found) return found;
    }
  }

  /**
   * Stores the message at a new number, or at the one that another call has claimed for it. Returns undefined if that was sealed.
   */
  async function placeClaimed(accepted: Conversation, verified: number, now: number) {
    const seq = await store.claim(draft, accepted.seq, verified, now);
    if (seq === accepted.seq) return write(accepted, accepted);
    await store.seal(draft.conversationId, accepted.seq);
    // The number may have been given after ours.
    const conversation = (await store.load(draft.conversationId, [])) ?? accepted;
    return write({ seq, n: await store.nAt(draft.conversationId, seq) }, conversation);
  }

  function read(first: number, last: number): Promise<readonly Change[]> {
    searching?.();
    return readAll(store, draft.conversationId, first, last, waits);
  }

  function judgeAll(changes: readonly Change[]): Result<Sending<Audience>> | undefined {
    for (const change of changes) {
      const found = judge(change);
      if (found) return found;
    }
    return undefined;
  }

  /** The result if a change is this message, else undefined. */
  function judge(change: Change, audience?: Audience): Result<Sending<Audience>> | undefined {
    if (change.type !== 'message' || change.senderId !== draft.senderId || change.clientId !== draft.clientId) return;
    if (!isFirst(draft, change)) return fail('conflict', 'This id was used for another message.');
    return { ok: { message: change, ...(audience && { audience }) } };
  }
}

function noSuchAfter(): Result<never> {
  return fail('bad_request', '`after` is beyond the newest change of the conversation.');
}
