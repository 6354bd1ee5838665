import * as z from 'zod/mini';
import { type BoundExpression, expressionsOf } from './expressions.ts';
import { checkKeyConditions, checkStartKey } from './keys.ts';
import { checkBounds, checkDistinctOperands, checkOperandTypes } from './operands.ts';
import { checkKeyUntouched, checkTargets } from './paths.ts';
import { checkPlaceholders } from './placeholders.ts';
import type { Check } from './proxy.ts';
import { Refusal } from './refusal.ts';
import { createSchemas, type TableKeys } from './schemas.ts';
import { isGuarded, type Statement, statementsOf } from './statement.ts';

/**
 * The rules of DynamoDB that the server at the endpoint lacks. The server has the others;
 * local/test/integration/dynamodb-refusals.test.ts holds both to the same list.
 */
export function createGuard(endpoint: string): Check {
  const schemas = createSchemas(endpoint);
  return async (operation, body) => {
    // A change of a table takes a while, and whoever made it calls DescribeTable until it is done.
    if (operation.endsWith('Table')) schemas.forget();
    if (!isGuarded(operation)) return undefined;
    try {
      for (const statement of statementsOf(operation, JSON.parse(body)))
        await checkStatement(statement, schemas.keysOf);
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error;
      // The request is malformed, and the server says how.
      if (error instanceof SyntaxError || error instanceof z.core.$ZodError) return undefined;
      throw error;
    }
  };
}

type KeysOf = (table: string) => Promise<TableKeys | undefined>;

async function checkStatement(statement: Statement, keysOf: KeysOf): Promise<void> {
  const expressions = expressionsOf(statement);
  checkPlaceholders(statement, expressions);
  for (const expression of expressions) {
    checkOperandTypes(expression);
    checkDistinctOperands(expression);
    checkBounds(expression);
    checkTargets(expression);
  }
  const keys = await keysOf(statement.TableName ?? '');
  if (keys) checkKeys(statement, expressions, keys);
}

function checkKeys(
  { IndexName, ExclusiveStartKey }: Statement,
  expressions: readonly BoundExpression[],
  { table, indexes }: TableKeys,
): void {
  const queried = IndexName === undefined ? table : (indexes.get(IndexName) ?? []);
  const condition = expressions.find(({ parameter }) => parameter === 'KeyConditionExpression');
  const update = expressions.find(({ parameter }) => parameter === 'UpdateExpression');
  if (update) checkKeyUntouched(update, table);
  if (condition) checkKeyConditions(condition, queried);
  if (ExclusiveStartKey) checkStartKey(ExclusiveStartKey, condition, [...queried, ...table]);
}
