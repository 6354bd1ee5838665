import type { Key } from '#adapters/dynamo/table.ts';

/** Numbers are padded, so that they sort as text. Twelve digits are enough for a change per millisecond during thirty years. */
const seqDigits = 12;
/** The digits of a search segment's number. */
const segmentDigits = 10;

const partition = (conversationId: string) => `conversation#${conversationId}`;

/** The keys of all items of the table Messages. `conversation` and `user` are partition keys only. */
export const keys = {
  conversation: partition,
  head: (conversationId: string): Key => ({ pk: partition(conversationId), sk: 'head' }),
  member: (conversationId: string, userId: string): Key => ({ pk: partition(conversationId), sk: `member#${userId}` }),
  change: (conversationId: string, seq: number): Key => ({ pk: partition(conversationId), sk: changeSk(seq) }),
  /** One user's reactions to the message at `seq`. */
  reaction: (conversationId: string, seq: number, userId: string): Key => ({
    pk: partition(conversationId),
    sk: `reaction#${digits(seq)}#${userId}`,
  }),
  /** Voids that were moved out of the head. `n` is the greatest of them. */
  voids: (conversationId: string, n: number): Key => ({ pk: partition(conversationId), sk: voidsSk(n) }),
  segment: (conversationId: string, segment: number): Key => ({
    pk: `search#${conversationId}`,
    sk: segmentSk(segment),
  }),
  revised: (conversationId: string, segment: number): Key => ({
    pk: `search#${conversationId}`,
    sk: `${segmentSk(segment)}${revisedSuffix}`,
  }),
  /**
   * The claim of an old message id. It has its own partition, so that many old ids don't use up the conversation's write
   * capacity.
   */
  claim: (conversationId: string, senderId: string, clientId: string): Key => ({
    pk: `claim#${conversationId}#${senderId}`,
    sk: clientId,
  }),
  direct: (a: string, b: string): Key => ({ pk: `direct#${[a, b].sort().join('#')}`, sk: 'direct' }),
  user: (userId: string) => `user#${userId}`,
  membership: (userId: string, conversationId: string): Key => ({
    pk: `user#${userId}`,
    sk: partition(conversationId),
  }),
  /** It says that a user has to look at a conversation. */
  opening: (userId: string, conversationId: string): Key => ({
    pk: `user#${userId}`,
    sk: `${openingPrefix}${conversationId}`,
  }),
  /** It says since when each of a user's memberships without a summary has an opening. It sorts before them. */
  allOpened: (userId: string): Key => ({ pk: `user#${userId}`, sk: openingPrefix }),
  invitations: (userId: string): Key => ({ pk: `user#${userId}`, sk: 'invitations' }),
  /** What strangers have done to a user on a day, such as `2026-11-28`. */
  strangers: (userId: string, day: string): Key => ({ pk: `user#${userId}`, sk: `strangers#${day}` }),
  /** How far the delivery of a large conversation is. */
  rounds: (conversationId: string): Key => ({ pk: partition(conversationId), sk: 'rounds' }),
  /** The turns of large rooms at posting. It is one item. */
  turns: { pk: 'turns', sk: 'turns' } satisfies Key,
  block: (by: string, userId: string): Key => ({ pk: `user#${by}`, sk: `${blockPrefix}${userId}` }),
};

export const memberPrefix = 'member#';
export const membershipPrefix = partition('');
export const blockPrefix = 'block#';
export const openingPrefix = 'open#';

/** With this suffix, the revisions of a segment sort directly after the segment. */
export const revisedSuffix = '#revised';

function segmentSk(segment: number): string {
  return String(segment).padStart(segmentDigits, '0');
}

/** The id of the conversation that a partition of changes, or of the search index, belongs to. */
export function conversationIdOf(pk: string): string {
  return pk.slice(pk.indexOf('#') + 1);
}

export function changeSk(seq: number): string {
  return `seq#${digits(seq)}`;
}

export function voidsSk(n: number): string {
  return `voids#${digits(n)}`;
}

/** The sort key after all that `voidsSk` makes. */
export const voidsEnd = 'voids#~';

function digits(seq: number): string {
  return String(seq).padStart(seqDigits, '0');
}

export function seqOf(sk: string): number {
  return Number(sk.slice('seq#'.length));
}

/**
 * A user's key in a head's map of members: the UUID as 22 characters of base64url. It is short because the head with eight members
 * must fit into 1 KB, which is one write unit.
 */
export function memberKey(userId: string): string {
  return uuidBytes(userId).toString('base64url');
}

export function userIdOf(key: string): string {
  return uuidText(Buffer.from(key, 'base64url'));
}

/** Converts a UUID to 16 bytes, which sort in the same order as the text. */
export function uuidBytes(uuid: string): Buffer<ArrayBuffer> {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

export function uuidText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
