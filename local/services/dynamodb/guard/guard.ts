import * as z from 'zod/mini';
import { type BoundExpression, expressionsOf } from './expressions.ts';
import { checkKeyConditions, checkStartKey } from './keys.ts';
import { checkBounds, checkDistinctOperands, checkOperandTypes } from './operands.ts';
import { checkKeyUntouched, checkTargets } from './paths.ts';
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

function checkKeys(statement: Statement, expressions: readonly BoundExpression[], { table, indexes }: TableKeys) {
  const { IndexName, ExclusiveStartKey } = statement;
  const queried = IndexName === undefined ? table : (indexes.get(IndexName) ?? []);
  const condition = expressions.find(({ parameter }) => parameter === 'KeyConditionExpression');
  const update = expressions.find(({ parameter }) => parameter === 'UpdateExpression');
  if (update) checkKeyUntouched(update, table);
  if (condition) checkKeyConditions(condition, queried);
  if (ExclusiveStartKey) checkStartKey(ExclusiveStartKey, [...queried, ...table], condition);
}

/**
 * Every placeholder that an expression uses is defined, and every placeholder that is defined is used. Source:
 * "Expression attribute names (aliases) in DynamoDB", "Using expression attribute values in DynamoDB".
 */
function checkPlaceholders(statement: Statement, expressions: readonly BoundExpression[]): void {
  for (const { parameter, expression, names, values } of expressions)
    for (const placeholder of expression.placeholders) {
      if (placeholder.startsWith('#') && !Object.hasOwn(names, placeholder))
        throw new Refusal(
          `Invalid ${parameter}: An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
        );
      if (placeholder.startsWith(':') && !Object.hasOwn(values, placeholder))
        throw new Refusal(
          `Invalid ${parameter}: An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
        );
    }
  for (const member of ['ExpressionAttributeNames', 'ExpressionAttributeValues'] as const) {
    const given = Object.keys(statement[member] ?? {});
    if (given.length > 0 && expressions.length === 0)
      throw new Refusal(`${member} can only be specified when using expressions`);
    const unused = given.filter((key) => !expressions.some(({ expression }) => expression.placeholders.has(key)));
    if (unused.length > 0)
      throw new Refusal(`Value provided in ${member} unused in expressions: keys: {${unused.join(', ')}}`);
  }
}
