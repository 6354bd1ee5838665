import { createRequire } from 'node:module';
import * as z from 'zod/mini';
import { Refusal } from '../../services/dynamodb/guard/refusal.ts';

const require = createRequire(import.meta.url);
const Fault = z.object({ body: z.object({ __type: z.string(), message: z.optional(z.string()) }) });
const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), z.unknown())) });

/** What dynalite exports for each operation, in a file of its own. It works without dynalite's server and tables. */
interface Validation {
  readonly types: object;
  readonly custom?: unknown;
}
interface Validator {
  checkTypes(input: unknown, types: object): unknown;
  checkValidations(input: unknown, types: object, custom: unknown, store: object): void;
}
const validator: Validator = require('dynalite/validations');
const judged = [
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'GetItem',
  'BatchGetItem',
  'BatchWriteItem',
  'Query',
  'Scan',
  'CreateTable',
];
const validations = new Map<string, Validation>(
  judged.map((operation) => [
    operation,
    require(`dynalite/validations/${operation[0]?.toLowerCase()}${operation.slice(1)}`),
  ]),
);

/** dynalite has no transactions, but each action of one has the expressions of an operation that it has. */
const likeAction: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
};

/** All that the validations look at of a database: how large an item may be. */
const store = { options: { maxItemSize: 400 * 1024 } };

const seen = new Set<string>();

/**
 * What dynalite has against a request. It copies the validation of DynamoDB, and is written by others than dynoxide and the
 * guard are (docs/decisions/0084). It can't judge
 * - transactions as a whole, whose actions are judged one by one; TransactGetItems, TTL and streams, which it doesn't have;
 * - `ReturnValuesOnConditionCheckFailure`, which it ignores, since it is older;
 * - keys against a table's schema, since it runs without tables.
 * Of requests that differ only in their strings and numbers, it judges the first.
 */
export function dynaliteRefusal(operation: string, body: string): Refusal | undefined {
  const shape = operation + body.replace(/"(#\w+|[SNB])":"[^"\\]+"/g, '"$1":"…"');
  if (seen.has(shape)) return undefined;
  seen.add(shape);
  if (operation !== 'TransactWriteItems') return judge(operation, JSON.parse(body));
  const { TransactItems } = Transaction.parse(JSON.parse(body));
  const actions = TransactItems.flatMap((item) => Object.entries(item));
  return actions.map(([action, input]) => judge(likeAction[action] ?? '', input)).find((fault) => fault);
}

function judge(operation: string, input: unknown): Refusal | undefined {
  const validation = validations.get(operation);
  if (!validation) return undefined;
  try {
    const { types, custom } = validation;
    validator.checkValidations(validator.checkTypes(input, types), types, custom, store);
    return undefined;
  } catch (error) {
    const fault = Fault.safeParse(error);
    if (!fault.success) throw error;
    return new Refusal(`dynalite: ${fault.data.body.message ?? fault.data.body.__type}`);
  }
}
