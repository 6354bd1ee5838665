import type { Item } from '#adapters/dynamo/table.ts';

/** What is wrong with a head, as the attributes that it should have. */
export interface HeadRepair {
  readonly seq: number;
  readonly n: number;
  readonly lastMessageSeq: number;
  readonly lastActivityAt: number;
  /** The `n` of voids that the head should have and doesn't. */
  readonly voids: readonly number[];
}

const numberOf = (item: Item, attribute: string): number => Number(item[attribute] ?? 0);
const greatest = (...numbers: number[]): number => numbers.reduce((a, b) => Math.max(a, b), 0);

/**
 * What the head of a restored conversation lacks, or undefined. Each item is restored to the same second, but not all items of a
 * transaction, or of the two writes of a message, are: a restored table "might contain some but not all of the changes" ("Amazon
 * DynamoDB Transactions: How it works"). So the head may be behind the changes, marks and pointers that name its numbers. It is moved
 * up to the greatest of them, so that none is given out again. Numbers without a change are sealed by the first reader, as always.
 */
export function headRepair(head: Item, items: readonly Item[]): HeadRepair | undefined {
  const changes = items.filter(({ sk }) => String(sk).startsWith('seq#'));
  const members = items.filter(({ sk }) => String(sk).startsWith('member#'));
  const messages = changes.filter(({ type }) => type === 'message');
  const seqOf = ({ sk }: Item) => Number(String(sk).slice('seq#'.length));
  const named = members.flatMap((member) => ['s', 'q', 'd'].map((pointer) => numberOf(member, pointer)));
  const seq = greatest(numberOf(head, 'seq'), ...changes.map(seqOf), ...named);
  const n = greatest(
    numberOf(head, 'n'),
    ...changes.map((change) => numberOf(change, 'n')),
    ...members.map((member) => numberOf(member, 'r')),
  );
  const known = new Set<unknown>(head['voids']);
  const moved = numberOf(head, 'voidsThrough');
  const voids = changes
    .filter(({ type }) => type === 'void')
    .map((change) => numberOf(change, 'n'))
    .filter((one) => one > moved && !known.has(one));
  const repair = {
    seq,
    n,
    lastMessageSeq: greatest(numberOf(head, 'lastMessageSeq'), ...messages.map(seqOf)),
    lastActivityAt: greatest(
      numberOf(head, 'lastActivityAt'),
      ...messages.map((message) => numberOf(message, 'sentAt')),
    ),
    voids,
  };
  const attributes = ['seq', 'n', 'lastMessageSeq', 'lastActivityAt'] as const;
  const isRight = voids.length === 0 && attributes.every((name) => repair[name] === numberOf(head, name));
  return isRight ? undefined : repair;
}
