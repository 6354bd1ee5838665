import { type ConversationLoader, loadOwn, mayWrite, requireOwn } from '#core/access.ts';
import type { Change, MessageChange } from '#core/conversations/change.ts';
import { type Conversation, fanoutFor, type Member } from '#core/conversations/conversation.ts';
import { type ChangeReader, type Patience, patience, readAll } from '#core/conversations/read.ts';
import type { Runtime } from '#core/runtime.ts';
import { fail, type Result } from '#protocol/failures.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/media.ts';
import { hashOf } from './message.ts';

/** A message as its sender hands it in. */
export interface Draft {
  readonly conversationId: string;
  readonly senderId: string;
  readonly clientId: string;
  readonly text: string;
  readonly mediaIds?: readonly string[] | undefined;
  readonly replyTo: number | null;
  /** The newest `seq` that the client knew when it first sent this id. */
  readonly after: number | undefined;
}

/** The atomic steps of sending; each is one call to the database and may be the last before a crash. */
export interface SendStore extends ChangeReader, ConversationLoader {
  /** Whether the conversation is known to be large; a `false` may be wrong. */
  knownLarge(conversationId: string): boolean;
  /** How long the sender must wait until their bucket has a message again, in ms. */
  waitMs(member: Member, now: number): number;
  /**
   * Small: authorises (members who aren't blocked), numbers, moves mark, pointer and bucket, if the id is above the mark. Else:
   * the conversation as it is.
   */
  accept(draft: Draft, now: number): Promise<{ accepted: Conversation } | { refused: Conversation | undefined }>;
  /** Large: gives out the next number. */
  number(conversationId: string, now: number): Promise<Conversation>;
  /** Large: moves mark, pointer and bucket for a number, if the id is above the mark. Else: the member as they are. */
  commit(
    draft: Draft,
    member: Member,
    at: Numbered,
    now: number,
  ): Promise<'committed' | { refused: Member | undefined }>;
  /**
   * Gives out the next number to an id that is not above the mark; moves pointer and bucket. Nothing when the sender isn't any more
   * as they were loaded.
   */
  acceptOld(draft: Draft, conversation: Conversation, now: number): Promise<Conversation | undefined>;
  /** Makes a number that of an id, unless it has one above `verified` already; answers with the number that it has. */
  claim(draft: Draft, seq: number, verified: number, now: number): Promise<number>;
  /** Stores the message if nothing stands at its `seq`; answers with what stood there. */
  put(message: MessageChange): Promise<Change | undefined>;
  /** The `n` of a message at a `seq` that is empty. */
  nAt(conversationId: string, seq: number): Promise<number>;
}

export interface Sending<Connections> {
  readonly message: MessageChange;
  /** Where it is still to be delivered; absent when that was done before, or is done from the stream. */
  readonly connections?: Connections;
}

export interface Attachments {
  /** The files, as far as the sender may send them. */
  find(): Promise<Result<readonly Attachment[]>>;
  /** Keeps them for as long as a message at this `seq` has them; repeating it changes nothing. */
  keep(seq: number): Promise<void>;
}

interface Options<Connections> {
  /** Finds the connections of the members who see the change at a `seq`. It runs beside the write of the message. */
  readonly connectionsFor: (conversation: Conversation, seq: number) => Promise<Connections>;
  /** Of a message with media. */
  readonly attachments?: Attachments | undefined;
  /** Told before each page of changes that is searched for an old id: far more work than a message. */
  readonly searching?: () => void;
  readonly waits?: Patience;
}

export type Numbered = Pick<MessageChange, 'seq' | 'n'>;

/**
 * Stores a message once, at one `seq`, however often and from wherever the same id comes (design: "Writing a message in two
 * writes"). An id above the sender's mark was never accepted; at the mark, its number is known; below it, what came since
 * `after` is searched. Only what is new takes from the sender's bucket, and needs its media to be there (still). Errors: `not_found`,
 * `forbidden`, `conflict` (the id with other content), `stale`, `rate_limited`.
 */
export async function send<Connections>(
  store: SendStore & Pick<Runtime, 'now' | 'sleep'>,
  draft: Draft,
  { connectionsFor, attachments, searching, waits = patience }: Options<Connections>,
): Promise<Result<Sending<Connections>>> {
  const media = (await attachments?.find()) ?? { ok: [] };
  // What can't be sent gets no number: the longer way looks before it takes one.
  return 'error' in media || store.knownLarge(draft.conversationId) ? sendLarge() : sendSmall();

  async function sendSmall(): Promise<Result<Sending<Connections>>> {
    const answer = await store.accept(draft, store.now());
    if ('accepted' in answer) return place(answer.accepted, answer.accepted);
    if (answer.refused?.large) return sendLarge();
    const own = requireOwn(answer.refused, draft.senderId);
    if ('error' in own) return own;
    const { conversation, me } = own.ok;
    if (!isAbove(me)) return resend(me, conversation);
    const allowed = mayWrite(me);
    return 'error' in allowed ? allowed : limited(me);
  }

  async function sendLarge(): Promise<Result<Sending<Connections>>> {
    const own = await loadOwn(store, draft.senderId, draft.conversationId);
    if ('error' in own) return own;
    const { conversation: before, me: member } = own.ok;
    if (!isAbove(member)) return resend(member, before);
    if ('error' in media) return media;
    const now = store.now();
    if (store.waitMs(member, now) > 0) return limited(member);

    const conversation = await store.number(draft.conversationId, now);
    const answer = await store.commit(draft, member, conversation, now);
    if (answer === 'committed') return place(conversation, conversation);
    // Someone else committed this id or a higher one meanwhile: the number is ours, and nobody will use it.
    await store.seal(draft.conversationId, conversation.seq);
    return answer.refused ? resend(answer.refused, conversation) : fail('forbidden');
  }

  function isAbove({ mark }: Member): boolean {
    return mark === undefined || mark.id < draft.clientId;
  }

  function limited(member: Member): Result<never> {
    return fail('rate_limited', undefined, Math.max(1, store.waitMs(member, store.now())));
  }

  /** The id is at or below the mark. */
  async function resend({ mark }: Member, conversation: Conversation): Promise<Result<Sending<Connections>>> {
    if (mark?.id !== draft.clientId) return search(draft.after ?? 0);
    const [there] = await store.range(draft.conversationId, mark.seq, mark.seq);
    // The one who sent it first may have died before it was delivered, so it is delivered again; the stream forgets nothing.
    const connections = there && !there.fanout ? await connectionsFor(conversation, mark.seq) : undefined;
    if (there) return judge(there, connections) ?? search(draft.after ?? 0);
    return place({ seq: mark.seq, n: await store.nAt(draft.conversationId, mark.seq) }, conversation);
  }

  async function place(at: Numbered, conversation: Conversation): Promise<Result<Sending<Connections>>> {
    return (await write(at, conversation)) ?? search(draft.after ?? 0);
  }

  /** Nothing when the number was sealed under us. */
  async function write(at: Numbered, conversation: Conversation): Promise<Result<Sending<Connections>> | undefined> {
    if ('error' in media) return media;
    // Before the message is there: whoever reads it can see what it has.
    if (media.ok.length > 0) await attachments?.keep(at.seq);
    const { after: _after, mediaIds: _mediaIds, ...content } = draft;
    const mark = fanoutFor(conversation.memberCount);
    const message: MessageChange = {
      type: 'message',
      ...content,
      ...(media.ok.length > 0 && { media: media.ok }),
      seq: at.seq,
      n: at.n,
      sentAt: store.now(),
      ...mark,
    };
    const finding = mark.fanout ? undefined : connectionsFor(conversation, at.seq);
    const [there, connections] = await Promise.all([store.put(message), finding]);
    return there ? judge(there, connections) : { ok: { message, ...(connections && { connections }) } };
  }

  /**
   * Looks for the id among all changes after `from`; where it isn't, it gets a number of its own. It is at or below the mark, so only
   * here can it still get one, and the claim gives it one at a time.
   */
  async function search(from: number): Promise<Result<Sending<Connections>>> {
    for (let verified = from; ; ) {
      const own = await loadOwn(store, draft.senderId, draft.conversationId);
      if ('error' in own) return own;
      const { conversation, me: member } = own.ok;
      const last = conversation.seq;
      if (last - verified > limits.staleChanges) return fail('stale');
      for (let first = verified + 1; first <= last; first += pageSize) {
        searching?.();
        const changes = await readAll(store, draft.conversationId, first, Math.min(last, first + pageSize - 1), waits);
        for (const change of changes) {
          const found = judge(change);
          if (found) return found;
        }
      }
      verified = last;
      // Not before: what was accepted before the block stays so.
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

  /** Places the message at a new number, or where another copy of it is about to. Nothing when that was sealed. */
  async function placeClaimed(accepted: Conversation, verified: number, now: number) {
    const seq = await store.claim(draft, accepted.seq, verified, now);
    if (seq === accepted.seq) return write(accepted, accepted);
    await store.seal(draft.conversationId, accepted.seq);
    return write({ seq, n: await store.nAt(draft.conversationId, seq) }, accepted);
  }

  /** The answer, where a change is this very message. */
  function judge(change: Change, connections?: Connections): Result<Sending<Connections>> | undefined {
    if (change.type !== 'message' || change.senderId !== draft.senderId || change.clientId !== draft.clientId) return;
    if (!isFirst(draft, change)) return fail('conflict', 'This id was used for another message.');
    return { ok: { message: change, ...(connections && { connections }) } };
  }
}

/** Whether a draft is what a message was before all edits. Of a deleted one nothing is left to compare. */
function isFirst({ text, mediaIds = [], replyTo }: Draft, { originalHash, ...message }: MessageChange): boolean {
  if (message.deletedAt !== undefined) return true;
  const { media = [] } = message;
  const sameMedia = mediaIds.length === media.length && media.every(({ id }, i) => id === mediaIds[i]);
  const sameText = originalHash ? originalHash === hashOf(text) : text === message.text;
  return sameText && sameMedia && replyTo === message.replyTo;
}

/** Changes read at once while an id is searched for. */
const pageSize = 200;
