import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError } from '#adapters/aws/error.ts';
import { retries } from '#adapters/aws/retries.ts';
import { fullJitter } from '#core/backoff.ts';
import { chunk } from '#core/chunk.ts';
import { decodeItem, encodeItem, type Item, type WireItem } from './attribute-values.ts';
import type { DynamoDb, Input } from './client.ts';
import { compiler, type Expression } from './expression.ts';

export type { Item };
export type Key = Record<string, string>;

/**
 * The result of a write. If it is done, `item` is the item as it is now (empty after a deletion). If its condition failed, `item`
 * is the item that is stored, or undefined if there is none.
 */
export type Written =
  | { readonly done: true; readonly item: Item }
  | { readonly done: false; readonly item: Item | undefined };

interface Condition {
  readonly if?: Expression;
}

/** A query of one partition. `limit` is the largest number of items in a page. Reads are eventually consistent by default. */
export interface QueryRequest {
  readonly where: Expression;
  readonly limit?: number;
  readonly descending?: boolean;
  readonly consistent?: boolean;
  readonly startAfter?: Key | undefined;
}

/** One write of a transaction, which may have a condition. */
export type Write = { readonly table: string } & (
  | (Condition &
      ({ readonly put: Item } | { readonly update: Expression; readonly key: Key } | { readonly delete: Key }))
  /** Writes nothing. The transaction fails if the condition doesn't hold. */
  | { readonly check: Key; readonly if: Expression }
);

/**
 * The result of a transaction. `refused` has an entry for each write, in their order: undefined if the write's condition held, else
 * the stored item.
 */
export type Transacted =
  | { readonly done: true }
  | { readonly done: false; readonly refused: readonly ({ readonly item: Item | undefined } | undefined)[] };

/** DynamoDB's limit of keys in one BatchGetItem. */
const batchSize = 100;
/** DynamoDB's limit of writes in one BatchWriteItem. */
const writesAtOnce = 25;

function placeholders({ names, values }: { names: Record<string, string>; values: Item }) {
  return {
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: encodeItem(values) }),
  };
}

/**
 * Wraps a table for use with plain JavaScript values. A failed condition is a result. All other failures are thrown, after retries
 * of what can pass: conflicts with transactions, and items that a batch left unprocessed.
 */
export function createTable(client: DynamoDb, table: string) {
  async function tryWrite(write: () => Promise<Item | undefined>): Promise<Written> {
    for (let tries = 0; ; tries++) {
      try {
        return { done: true, item: (await write()) ?? {} };
      } catch (error) {
        if (isType(error, 'ConditionalCheckFailedException')) {
          const { Item }: Refusal = JSON.parse(error.answer);
          return { done: false, item: Item && decodeItem(Item) };
        }
        if (!isType(error, 'TransactionConflictException') || tries === conflictTries) throw error;
        await backOff(tries + 1);
      }
    }
  }

  return {
    name: table,

    /** Gets an item, eventually consistently unless told otherwise. */
    async get(key: Key, options: { consistent?: boolean } = {}): Promise<Item | undefined> {
      const { Item } = await client.call('GetItem', {
        TableName: table,
        Key: encodeItem(key),
        ConsistentRead: options.consistent ?? false,
      });
      return Item && decodeItem(Item);
    },

    /** Gets those items that exist, in no particular order. The number of keys is not limited, but each may occur only once. */
    async batchGet(keys: readonly Key[], options: { consistent?: boolean } = {}): Promise<Item[]> {
      const read = async (batch: WireItem[]): Promise<Item[]> => {
        const items: Item[] = [];
        for (let left = batch, tries = 0; left.length > 0; tries++) {
          if (tries > 0) await backOff(tries);
          const answer = await client.call('BatchGetItem', {
            RequestItems: { [table]: { Keys: left, ConsistentRead: options.consistent ?? false } },
          });
          items.push(...(answer.Responses?.[table] ?? []).map((item) => decodeItem(item)));
          left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
          if (left.length > 0 && tries === unprocessedTries) throw new Error(`${table}: keys left unprocessed`);
        }
        return items;
      };
      return (await Promise.all(chunk(keys.map(encodeItem), batchSize).map(read))).flat();
    },

    /** Makes any number of writes, which are neither ordered nor atomic. Each key may occur only once. */
    async batchWrite(writes: { readonly put?: readonly Item[]; readonly delete?: readonly Key[] }): Promise<void> {
      const requests: NonNullable<Input<'BatchWriteItem'>['RequestItems']>[string] = [
        ...(writes.put ?? []).map((item) => ({ PutRequest: { Item: encodeItem(item) } })),
        ...(writes.delete ?? []).map((key) => ({ DeleteRequest: { Key: encodeItem(key) } })),
      ];
      for (const batch of chunk(requests, writesAtOnce)) {
        for (let left = batch, tries = 0; left.length > 0; tries++) {
          if (tries > 0) await backOff(tries);
          const answer = await client.call('BatchWriteItem', { RequestItems: { [table]: left } });
          left = answer.UnprocessedItems?.[table] ?? [];
          if (left.length > 0 && tries === unprocessedTries) throw new Error(`${table}: writes left unprocessed`);
        }
      }
    },

    /** Stores an item in place of one with the same key. */
    put(item: Item, { if: condition }: Condition = {}): Promise<Written> {
      const bag = compiler();
      const request = {
        TableName: table,
        Item: encodeItem(item),
        ...(condition && { ConditionExpression: bag.compile(condition) }),
        ...placeholders(bag),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      };
      return tryWrite(async () => {
        await client.call('PutItem', request);
        return item;
      });
    },

    /** Deletes an item. Without a condition it is also done if there is no such item. */
    delete(key: Key, { if: condition }: Condition = {}): Promise<Written> {
      const bag = compiler();
      const request = {
        TableName: table,
        Key: encodeItem(key),
        ...(condition && { ConditionExpression: bag.compile(condition) }),
        ...placeholders(bag),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      };
      return tryWrite(async () => {
        await client.call('DeleteItem', request);
        return undefined;
      });
    },

    /** Updates an item, or creates it if it doesn't exist and the condition allows that. Returns the item as it is afterwards. */
    update(key: Key, update: Expression, { if: condition }: Condition = {}): Promise<Written> {
      const bag = compiler();
      const request = {
        TableName: table,
        Key: encodeItem(key),
        UpdateExpression: bag.compile(update),
        ...(condition && { ConditionExpression: bag.compile(condition) }),
        ...placeholders(bag),
        ReturnValues: 'ALL_NEW' as const,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      };
      return tryWrite(async () => {
        const { Attributes } = await client.call('UpdateItem', request);
        return Attributes && decodeItem(Attributes);
      });
    },

    /** Gets one page of a query, which has up to `limit` items or 1 MB. `next` is undefined after the last page. */
    async query(request: QueryRequest): Promise<{ items: Item[]; next: Key | undefined }> {
      const bag = compiler();
      const { Items, LastEvaluatedKey } = await client.call('Query', {
        TableName: table,
        KeyConditionExpression: bag.compile(request.where),
        ...placeholders(bag),
        Limit: request.limit,
        ScanIndexForward: !request.descending,
        ConsistentRead: request.consistent ?? false,
        ExclusiveStartKey: request.startAfter && encodeItem(request.startAfter),
      });
      return {
        items: (Items ?? []).map((item) => decodeItem(item)),
        next: LastEvaluatedKey && decodeItem(LastEvaluatedKey),
      };
    },
  };
}

export type Table = ReturnType<typeof createTable>;

/** Gets the items of all pages of a query. */
export async function queryAll(table: Table, request: QueryRequest): Promise<Item[]> {
  const items: Item[] = [];
  let startAfter: Key | undefined;
  do {
    const page = await table.query({ ...request, startAfter });
    items.push(...page.items);
    startAfter = page.next;
  } while (startAfter);
  return items;
}

/**
 * Makes up to 100 writes, all of them or none. If DynamoDB cancels the transaction because of a conflict with another writer or
 * because of throttling, it is tried again, 8 times at most. Throws if that doesn't help.
 */
export async function transact(client: DynamoDb, writes: readonly Write[]): Promise<Transacted> {
  const TransactItems = writes.map(transactItem);
  for (let tries = 0; ; tries++) {
    try {
      // With the token, a repetition after a lost answer doesn't write again ("TransactWriteItems").
      await client.call('TransactWriteItems', { TransactItems, ClientRequestToken: randomUUID() });
      return { done: true };
    } catch (error) {
      if (!isType(error, 'TransactionCanceledException')) throw error;
      const { CancellationReasons: reasons = [] }: Refusal = JSON.parse(error.answer);
      if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) {
        const refused = reasons.map(({ Code, Item }) =>
          Code === 'ConditionalCheckFailed' ? { item: Item && decodeItem(Item) } : undefined,
        );
        return { done: false, refused };
      }
      const passing = reasons.every(({ Code }) => Code === 'None' || passingReasons.has(Code ?? ''));
      if (!passing || tries === conflictTries) throw error;
      await backOff(tries + 1);
    }
  }
}

type TransactWrite = NonNullable<Input<'TransactWriteItems'>['TransactItems']>[number];

function transactItem(write: Write): TransactWrite {
  const bag = compiler();
  const update = 'update' in write ? { UpdateExpression: bag.compile(write.update) } : {};
  const condition = write.if && bag.compile(write.if);
  const common = {
    TableName: write.table,
    ...(condition !== undefined && { ConditionExpression: condition }),
    ...placeholders(bag),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  if ('check' in write)
    return { ConditionCheck: { ...common, Key: encodeItem(write.check), ConditionExpression: condition } };
  if ('put' in write) return { Put: { ...common, Item: encodeItem(write.put) } };
  if ('delete' in write) return { Delete: { ...common, Key: encodeItem(write.delete) } };
  return { Update: { ...common, Key: encodeItem(write.key), UpdateExpression: update.UpdateExpression } };
}

/** What answers to failed conditions have, besides the type of the error. */
interface Refusal {
  readonly Item?: WireItem;
  readonly CancellationReasons?: readonly { readonly Code?: string; readonly Item?: WireItem }[];
}

/**
 * Whether a call failed with a type of error. After `TransactionConflictException`, a transaction on the item was in progress: nothing
 * was written, and the client doesn't try again by itself.
 */
function isType(error: unknown, name: string): error is AwsError {
  return error instanceof AwsError && error.name === name;
}

const passingReasons = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
const conflictTries = 8;
const unprocessedTries = 8;

/** In ms. */
const backoff = { first: 20, longest: 1_000 };

function backOff(tries: number): Promise<void> {
  retries.publish(undefined);
  return sleep(fullJitter(Math.random, backoff, tries));
}
