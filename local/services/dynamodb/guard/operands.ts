import type { BoundExpression } from './expressions.ts';
import type { Operand } from './parser.ts';
import { describePath, resolve } from './paths.ts';
import { Refusal } from './refusal.ts';
import { compareValues, describeValue, typed } from './values.ts';

const allTypes = ['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M'];
const ordered = ['S', 'N', 'B'];

/**
 * The types that a value may have as an operand; other operators and functions take every type. Source: "Condition and filter expressions,
 * operators, and functions".
 */
const operandTypes: Readonly<Record<string, readonly string[]>> = {
  '<': ordered,
  '<=': ordered,
  '>': ordered,
  '>=': ordered,
  BETWEEN: ordered,
  begins_with: ['S', 'B'],
  attribute_type: ['S'],
  size: ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M'],
};

/** A value that an operator or function can't take is refused, whatever the items are. */
export function checkOperandTypes({ parameter, expression, values }: BoundExpression): void {
  for (const { operator, operands } of expression.operations) {
    const types = operandTypes[operator];
    if (!types) continue;
    for (const operand of operands) {
      if (!('value' in operand)) continue;
      const { type, value } = typed(values[operand.value]);
      if (!types.includes(type))
        throw new Refusal(
          `Invalid ${parameter}: Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
        );
      if (operator === 'attribute_type' && !allTypes.includes(String(value)))
        throw new Refusal(
          `Invalid ${parameter}: Invalid attribute type name found; type: ${value}, valid types: {${allTypes.join(',')}}`,
        );
    }
  }
}

const withDistinctOperands = /^([=<>]+|IN|BETWEEN|begins_with|contains)$/;

/** Nothing is compared with itself. No page of AWS has this rule; dynalite, which copies DynamoDB's answers, has it. */
export function checkDistinctOperands(bound: BoundExpression): void {
  const described = (operand: Operand) => 'path' in operand && describePath(resolve(operand.path, bound));
  for (const { operator, operands } of bound.expression.operations) {
    if (!withDistinctOperands.test(operator)) continue;
    const [first, ...others] = operands.map(described);
    if (first && others.includes(first))
      throw new Refusal(
        `Invalid ${bound.parameter}: The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${first}`,
      );
  }
}

/** The bounds of BETWEEN have the same type, and the lower bound isn't above the upper one. */
export function checkBounds({ parameter, expression, values }: BoundExpression): void {
  for (const { operator, operands } of expression.operations) {
    const [, low, high] = operands;
    if (operator !== 'BETWEEN' || !low || !high || !('value' in low) || !('value' in high)) continue;
    const lower = values[low.value];
    const upper = values[high.value];
    const problem =
      typed(lower).type !== typed(upper).type
        ? 'same data type for lower and upper bounds'
        : compareValues(lower, upper) > 0 && 'upper bound to be greater than or equal to lower bound';
    if (problem)
      throw new Refusal(
        `Invalid ${parameter}: The BETWEEN operator requires ${problem}; lower bound operand: ${describeValue(lower)}, upper bound operand: ${describeValue(upper)}`,
      );
  }
}
