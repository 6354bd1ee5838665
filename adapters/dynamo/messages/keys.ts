import type { Key } from '#adapters/dynamo/table.ts';

/** Wide enough for a message a millisecond for thirty years; sorted as numbers are. */
const seqDigits = 12;
/** Of the number of a segment of the search index; each has 256 changes. */
const segmentDigits = 10;

const partition = (conversationId: string) => `conversation#${conversationId}`;

/** The keys of the table of messages, one place for all of them. */
export const keys = {
  conversation: partition,
  head: (conversationId: string): Key => ({ pk: partition(conversationId), sk: 'head' }),
  member: (conversationId: string, userId: string): Key => ({ pk: partition(conversationId), sk: `member#${userId}` }),
  change: (conversationId: string, seq: number): Key => ({ pk: partition(conversationId), sk: changeSk(seq) }),
  /** What one person reacted with to the message at `seq`. */
  reaction: (conversationId: string, seq: number, userId: string): Key => ({
    pk: partition(conversationId),
    sk: `reaction#${digits(seq)}#${userId}`,
  }),
  segment: (conversationId: string, segment: number): Key => ({
    pk: `search#${conversationId}`,
    sk: segmentSk(segment),
  }),
  revised: (conversationId: string, segment: number): Key => ({
    pk: `search#${conversationId}`,
    sk: `${segmentSk(segment)}${revisedSuffix}`,
  }),
  /** In a partition of their own: who sends many old ids takes nothing from the conversation's. */
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
  block: (by: string, userId: string): Key => ({ pk: `user#${by}`, sk: `${blockPrefix}${userId}` }),
};

export const memberPrefix = 'member#';
export const membershipPrefix = partition('');
export const blockPrefix = 'block#';

/** Sorted right after the segment that it belongs to. */
export const revisedSuffix = '#revised';

function segmentSk(segment: number): string {
  return String(segment).padStart(segmentDigits, '0');
}

/** The conversation that a partition of its changes or of its search index belongs to. */
export function conversationIdOf(pk: string): string {
  return pk.slice(pk.indexOf('#') + 1);
}

export function changeSk(seq: number): string {
  return `seq#${digits(seq)}`;
}

function digits(seq: number): string {
  return String(seq).padStart(seqDigits, '0');
}

export function seqOf(sk: string): number {
  return Number(sk.slice('seq#'.length));
}

/** A user's key within a head's map of members: their UUID in 22 characters, as eight of them must fit in a write unit. */
export function memberKey(userId: string): string {
  return uuidBytes(userId).toString('base64url');
}

export function userIdOf(key: string): string {
  return uuidText(Buffer.from(key, 'base64url'));
}

/** A UUID as 16 bytes; they sort as its text does. */
export function uuidBytes(uuid: string): Buffer<ArrayBuffer> {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

export function uuidText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
