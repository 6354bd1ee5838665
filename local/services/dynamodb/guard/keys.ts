import { comparisons } from '../../../comparisons.ts';
import type { BoundExpression } from './expressions.ts';
import { resolve } from './paths.ts';
import { invalidValues, Refusal } from './refusal.ts';
import type { KeyAttribute } from './schemas.ts';
import { type Attributes, type AttributeValue, bytesOf, compareValues, typed } from './values.ts';

/** Bytes. Source: "Constraints in Amazon DynamoDB", partition keys and sort keys. */
const MAX_PARTITION_KEY = 2048;
const MAX_SORT_KEY = 1024;

/** The value of a key attribute is neither empty nor too long, in a read as in a write. */
function checkKeyValue({ name, role }: KeyAttribute, value: AttributeValue): void {
  const { type } = typed(value);
  const length = type === 'N' ? 1 : bytesOf(value).length;
  if (length === 0)
    throw new Refusal(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${type === 'B' ? 'binary' : 'string'} value. Key: ${name}`,
    );
  if (role === 'HASH' && length > MAX_PARTITION_KEY)
    throw invalidValues('Size of hashkey has exceeded the maximum size limit of2048 bytes');
  if (role === 'RANGE' && length > MAX_SORT_KEY)
    throw invalidValues('Aggregated size of all range keys has exceeded the size limit of 1024 bytes');
}

/** What a key condition says of each attribute of the key. */
function keyConditions(bound: BoundExpression, keys: readonly KeyAttribute[]) {
  return bound.expression.operations.flatMap(({ operator, operands: [first, ...others] }) => {
    if (!first || !('path' in first)) return [];
    const [attribute] = resolve(first.path, bound);
    const key = keys.find(({ name }) => name === attribute);
    const values = others.flatMap((operand) => ('value' in operand ? [bound.values[operand.value] ?? {}] : []));
    return key ? [{ key, operator, values }] : [];
  });
}

/**
 * The values of a key condition could be those of keys. The server checks the form of the condition. Source: "Key
 * condition expressions for the Query operation".
 */
export function checkKeyConditions(bound: BoundExpression, keys: readonly KeyAttribute[]): void {
  for (const { key, values } of keyConditions(bound, keys))
    for (const value of values) {
      if (typed(value).type !== key.type) throw invalidValues('Condition parameter type does not match schema type');
      checkKeyValue(key, value);
    }
}

/**
 * A query starts at a key that meets its condition, as every `LastEvaluatedKey` does. The server checks which attributes
 * the key has.
 */
export function checkStartKey(start: Attributes, keys: readonly KeyAttribute[], bound?: BoundExpression): void {
  for (const key of keys) {
    const value = start[key.name];
    if (value) checkKeyValue(key, value);
  }
  for (const { key, operator, values } of bound ? keyConditions(bound, keys) : []) {
    const value = start[key.name];
    if (!value || holds(operator, value, values)) continue;
    throw new Refusal(
      key.role === 'HASH'
        ? 'The provided starting key is outside query boundaries based on provided conditions'
        : 'The provided starting key does not match the range key predicate',
    );
  }
}

function holds(operator: string, value: AttributeValue, [first = {}, second = {}]: readonly AttributeValue[]): boolean {
  const order = compareValues(value, first);
  if (operator === 'BETWEEN') return order >= 0 && compareValues(value, second) <= 0;
  if (operator === 'begins_with') return bytesOf(value).subarray(0, bytesOf(first).length).equals(bytesOf(first));
  return comparisons[operator]?.(order, 0) ?? true;
}
