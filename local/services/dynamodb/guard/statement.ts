import * as z from 'zod/mini';
import { Refusal } from './refusal.ts';
import { Attributes } from './values.ts';

const Statement = z.object({
  TableName: z.optional(z.string()),
  IndexName: z.optional(z.string()),
  KeyConditionExpression: z.optional(z.string()),
  ConditionExpression: z.optional(z.string()),
  FilterExpression: z.optional(z.string()),
  UpdateExpression: z.optional(z.string()),
  ProjectionExpression: z.optional(z.string()),
  ExpressionAttributeNames: z.optional(z.record(z.string(), z.string())),
  ExpressionAttributeValues: z.optional(Attributes),
  ExclusiveStartKey: z.optional(Attributes),
  ReturnValuesOnConditionCheckFailure: z.optional(z.string()),
});
const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), Statement)) });
const BatchWrite = z.object({ RequestItems: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))) });

/** What one read or write asks for: a whole request, or an action of a transaction. */
export type Statement = z.infer<typeof Statement>;

const single = (input: unknown) => [Statement.parse(input)];

/** An item of a transaction has one action. Source: "API Reference", TransactWriteItem. */
function transaction(input: unknown): Statement[] {
  return Transaction.parse(input).TransactItems.flatMap((item) => {
    const actions = Object.values(item);
    if (actions.length > 1) throw new Refusal('TransactItems can only contain one of Check, Put, Update or Delete');
    return actions;
  });
}

/** A write of a batch puts or deletes, and never both. Source: "API Reference", WriteRequest. */
function batchWrite(input: unknown): Statement[] {
  for (const write of Object.values(BatchWrite.parse(input).RequestItems).flat())
    if (Object.keys(write).length > 1)
      throw new Refusal(
        'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
      );
  return [];
}

const readers: Readonly<Record<string, (input: unknown) => Statement[]>> = {
  PutItem: single,
  UpdateItem: single,
  DeleteItem: single,
  Query: single,
  Scan: single,
  TransactWriteItems: transaction,
  BatchWriteItem: batchWrite,
};

/** Whether the guard has rules for an operation. The server checks the others by itself. */
export function isGuarded(operation: string): boolean {
  return Object.hasOwn(readers, operation);
}

/** The statements of a request. Throws `Refusal`, and `ZodError` where a member has a wrong type. */
export function statementsOf(operation: string, input: unknown): Statement[] {
  const statements = readers[operation]?.(input) ?? [];
  for (const { ReturnValuesOnConditionCheckFailure: returned = 'NONE' } of statements)
    if (returned !== 'ALL_OLD' && returned !== 'NONE')
      throw new Refusal(
        `1 validation error detected: Value '${returned}' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]`,
      );
  return statements;
}
