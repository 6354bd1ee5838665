import * as z from 'zod/mini';
import { every } from '../../every.ts';
import type { World } from '../../types.ts';
import { type Caller, callService } from '../call.ts';
import { unless } from '../error.ts';

const minutesBetweenSweeps = 5;
const fiveYears = 5 * 365 * 86_400;

const item = z.record(z.string(), z.unknown());
const page = z.object({ Items: z.array(item), LastEvaluatedKey: z.optional(item) });
const keySchema = z.object({ Table: z.object({ KeySchema: z.array(z.object({ AttributeName: z.string() })) }) });

/** Deletes the expired items of a table every few minutes, while the stack runs. */
export function sweepRegularly(table: string, attribute: string, world: World): void {
  every(minutesBetweenSweeps * 60_000, world, `sweeping ${table}`, () =>
    sweep(world, table, attribute, Math.floor(Date.now() / 1000)),
  );
}

/**
 * Deletes the items whose `attribute`, in Unix seconds, is before `now`, but not by more than five years ("Using time to live (TTL) in
 * DynamoDB"). The local server doesn't delete expired items itself.
 */
export async function sweep(caller: Caller, table: string, attribute: string, now: number): Promise<void> {
  const dynamodb = (operation: string, input: object) =>
    callService(caller, `DynamoDB_20120810.${operation}`, { TableName: table, ...input });
  const ExpressionAttributeValues = { ':now': { N: String(now) }, ':oldest': { N: String(now - fiveYears) } };
  const expired = { ExpressionAttributeNames: { '#ttl': attribute }, ExpressionAttributeValues };
  const { KeySchema } = keySchema.parse(await dynamodb('DescribeTable', {})).Table;
  let ExclusiveStartKey: unknown;
  do {
    const scan = { ...expired, FilterExpression: '#ttl BETWEEN :oldest AND :now', ExclusiveStartKey };
    const { Items, LastEvaluatedKey } = page.parse(await dynamodb('Scan', scan));
    for (const item of Items) {
      const Key = Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]));
      // It may have been renewed meanwhile.
      const deletion = { ...expired, Key, ConditionExpression: '#ttl BETWEEN :oldest AND :now' };
      await dynamodb('DeleteItem', deletion).catch(unless('ConditionalCheckFailedException'));
    }
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
