import { type Expression, type ExpressionParameter, parseExpression } from './parser.ts';
import { Refusal } from './refusal.ts';
import type { Statement } from './statement.ts';

/** An expression of a statement, with what its placeholders stand for. */
export type BoundExpression = ReturnType<typeof expressionsOf>[number];

const kinds = ['KeyCondition', 'Update', 'Condition', 'Filter', 'Projection'] as const;

/** Source: "Constraints in Amazon DynamoDB", expression parameters. */
const MAX_OPERATORS = 300;
/** Source: "Comparison operator and function reference". */
const MAX_IN_OPERANDS = 100;

/** An app sends the same few dozens of expressions over and over, so they are parsed once. */
const MAX_REMEMBERED = 1_000;
const remembered = new Map<string, Expression>();

/** The expressions of a statement, parsed. Throws `Refusal` for faults that don't depend on names and values. */
export function expressionsOf(statement: Statement) {
  const names = statement.ExpressionAttributeNames ?? {};
  const values = statement.ExpressionAttributeValues ?? {};
  return kinds.flatMap((kind) => {
    const parameter: ExpressionParameter = `${kind}Expression`;
    const text = statement[parameter];
    return text === undefined ? [] : [{ parameter, names, values, expression: parsed(parameter, text) }];
  });
}

function parsed(parameter: ExpressionParameter, text: string): Expression {
  const key = parameter + text;
  const known = remembered.get(key);
  if (known) return known;
  const expression = parseExpression(parameter, text);
  checkSize(parameter, expression);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(key, expression);
  return expression;
}

function checkSize(parameter: ExpressionParameter, { operations }: Expression): void {
  const refuse = (message: string) => new Refusal(`Invalid ${parameter}: ${message}`);
  if (operations.length > MAX_OPERATORS)
    throw refuse(`The expression contains too many operators; operator count: ${operations.length}`);
  for (const { operator, operands } of operations)
    if (operator === 'IN' && operands.length - 1 > MAX_IN_OPERANDS)
      throw refuse(`The IN operator is provided with too many operands; number of operands: ${operands.length - 1}`);
}
