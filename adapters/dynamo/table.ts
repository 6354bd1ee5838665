import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb';
import { fullJitter } from '#core/backoff.ts';
import { chunk } from '#core/chunk.ts';
import { compiler, type Expression } from './expression.ts';

export type Item = Record<string, NativeAttributeValue>;
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

const encode = (item: Item) => marshall(item, { removeUndefinedValues: true });

function placeholders({ names, values }: { names: Record<string, string>; values: Item }) {
  return {
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: encode(values) }),
  };
}

/**
 * Wraps a table for use with plain JavaScript values. A failed condition is a result. All other failures are thrown, after retries
 * of what can pass: conflicts with transactions, and items that a batch left unprocessed.
 */
export function createTable(client: DynamoDBClient, table: string) {
  async function tryWrite(write: () => Promise<Item | undefined>): Promise<Written> {
    for (let tries = 0; ; tries++) {
      try {
        return { done: true, item: (await write()) ?? {} };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException)
          return { done: false, item: error.Item && unmarshall(error.Item) };
        if (!isConflict(error) || tries === conflictTries) throw error;
        await backOff(tries + 1);
      }
    }
  }

  return {
    name: table,

    /** Gets an item, eventually consistently unless told otherwise. */
    async get(key: Key, options: { consistent?: boolean } = {}): Promise<Item | undefined> {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: encode(key), ConsistentRead: options.consistent ?? false }),
      );
      return Item && unmarshall(Item);
    },

    /** Gets those items that exist, in no particular order. The number of keys is not limited, but each may occur only once. */
    async batchGet(keys: readonly Key[], options: { consistent?: boolean } = {}): Promise<Item[]> {
      const read = async (batch: Record<string, NativeAttributeValue>[]): Promise<Item[]> => {
        const items: Item[] = [];
        for (let left = batch, tries = 0; left.length > 0; tries++) {
          if (tries > 0) await backOff(tries);
          const answer = await client.send(
            new BatchGetItemCommand({
              RequestItems: { [table]: { Keys: left, ConsistentRead: options.consistent ?? false } },
            }),
          );
          items.push(...(answer.Responses?.[table] ?? []).map((item) => unmarshall(item)));
          left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
          if (left.length > 0 && tries === unprocessedTries) throw new Error(`${table}: keys left unprocessed`);
        }
        return items;
      };
      return (await Promise.all(chunk(keys.map(encode), batchSize).map(read))).flat();
    },

    /** Makes any number of writes, which are neither ordered nor atomic. Each key may occur only once. */
    async batchWrite(writes: { readonly put?: readonly Item[]; readonly delete?: readonly Key[] }): Promise<void> {
      const requests: WriteRequest[] = [
        ...(writes.put ?? []).map((item) => ({ PutRequest: { Item: encode(item) } })),
        ...(writes.delete ?? []).map((key) => ({ DeleteRequest: { Key: encode(key) } })),
      ];
      for (const batch of chunk(requests, writesAtOnce)) {
        for (let left = batch, tries = 0; left.length > 0; tries++) {
          if (tries > 0) await backOff(tries);
          const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }));
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
        Item: encode(item),
        ...(condition && { ConditionExpression: bag.compile(condition) }),
        ...placeholders(bag),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      };
      return tryWrite(async () => {
        await client.send(new PutItemCommand(request));
        return item;
      });
    },

    /** Deletes an item. Without a condition it is also done if there is no such item. */
    delete(key: Key, { if: condition }: Condition = {}): Promise<Written> {
      const bag = compiler();
      const request = {
        TableName: table,
        Key: encode(key),
        ...(condition && { ConditionExpression: bag.compile(condition) }),
        ...placeholders(bag),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      };
      return tryWrite(async () => {
        await client.send(new DeleteItemCommand(request));
        return undefined;
      });
    },

    /** Updates an item, or creates it if it doesn't exist and the condition allows that. Returns the item as it is afterwards. */
    update(key: Key, update: Expression, { if: condition }: Condition = {}): Promise<Written> {
      const bag = compiler();
      const request = {
        TableName: table,
        Key: encode(key),
        UpdateExpression: bag.compile(update),
        ...(condition && { ConditionExpression: bag.compile(condition) }),
        ...placeholders(bag),
        ReturnValues: 'ALL_NEW' as const,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      };
      return tryWrite(async () => {
        const { Attributes } = await client.send(new UpdateItemCommand(request));
        return Attributes && unmarshall(Attributes);
      });
    },

    /** Gets one page of a query, which has up to `limit` items or 1 MB. `next` is undefined after the last page. */
    async query(request: QueryRequest): Promise<{ items: Item[]; next: Key | undefined }> {
      const bag = compiler();
      const { Items, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: bag.compile(request.where),
          ...placeholders(bag),
          Limit: request.limit,
          ScanIndexForward: !request.descending,
          ConsistentRead: request.consistent ?? false,
          ExclusiveStartKey: request.startAfter && encode(request.startAfter),
        }),
      );
      return {
        items: (Items ?? []).map((item) => unmarshall(item)),
        next: LastEvaluatedKey && unmarshall(LastEvaluatedKey),
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
export async function transact(client: DynamoDBClient, writes: readonly Write[]): Promise<Transacted> {
  const command = () => new TransactWriteItemsCommand({ TransactItems: writes.map(transactItem) });
  for (let tries = 0; ; tries++) {
    try {
      await client.send(command());
      return { done: true };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) {
        const refused = reasons.map(({ Code, Item }) =>
          Code === 'ConditionalCheckFailed' ? { item: Item && unmarshall(Item) } : undefined,
        );
        return { done: false, refused };
      }
      const passing = reasons.every(({ Code }) => Code === 'None' || passingReasons.has(Code ?? ''));
      if (!passing || tries === conflictTries) throw error;
      await backOff(tries + 1);
    }
  }
}

function transactItem(write: Write): TransactWriteItem {
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
    return { ConditionCheck: { ...common, Key: encode(write.check), ConditionExpression: condition } };
  if ('put' in write) return { Put: { ...common, Item: encode(write.put) } };
  if ('delete' in write) return { Delete: { ...common, Key: encode(write.delete) } };
  return { Update: { ...common, Key: encode(write.key), UpdateExpression: update.UpdateExpression } };
}

/**
 * Whether a write failed because a transaction on its item was in progress. In this case nothing was written, and the SDK doesn't
 * try again by itself.
 */
function isConflict(error: unknown): boolean {
  return error instanceof Error && error.name === 'TransactionConflictException';
}

const passingReasons = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
const conflictTries = 8;
const unprocessedTries = 8;

/** In ms. */
const backoff = { first: 20, longest: 1_000 };

function backOff(tries: number): Promise<void> {
  return sleep(fullJitter(Math.random, backoff, tries));
}
