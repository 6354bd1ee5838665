import type { BoundExpression } from './expressions.ts';
import { Refusal } from './refusal.ts';
import type { Statement } from './statement.ts';

/**
 * Every placeholder that an expression uses is defined, and every placeholder that is defined is used. Source:
 * "Expression attribute names (aliases) in DynamoDB", "Using expression attribute values in DynamoDB".
 */
export function checkPlaceholders(statement: Statement, expressions: readonly BoundExpression[]): void {
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
