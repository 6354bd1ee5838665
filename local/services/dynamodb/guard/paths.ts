import type { BoundExpression } from './expressions.ts';
import type { Path } from './parser.ts';
import { invalidValues, Refusal } from './refusal.ts';
import type { KeyAttribute } from './schemas.ts';

/** A path with the attribute names and map keys that its placeholders stand for. */
export function resolve(path: Path, { names }: BoundExpression): Path {
  return path.map((element) => (typeof element === 'string' ? (names[element] ?? element) : element));
}

/** As DynamoDB's messages have it. */
export function describePath(path: Path): string {
  return `[${path.map((element) => (typeof element === 'string' ? element : `[${element}]`)).join(', ')}]`;
}

/** The paths of an update or a projection lie apart. Sources: "Update expressions", "Projection expressions". */
export function checkTargets(bound: BoundExpression): void {
  const targets = bound.expression.targets.map((path) => resolve(path, bound));
  for (const [i, one] of targets.entries())
    for (const other of targets.slice(i + 1)) {
      const problem = clash(one, other);
      if (problem)
        throw new Refusal(
          `Invalid ${bound.parameter}: Two document paths ${problem} with each other; must remove or rewrite one of these paths; path one: ${describePath(one)}, path two: ${describePath(other)}`,
        );
    }
}

/**
 * Two paths overlap when one of them begins with the other, and conflict when they first differ in that one goes on into a
 * list and the other into a map.
 */
function clash(one: Path, other: Path): 'overlap' | 'conflict' | undefined {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++)
    if (one[i] !== other[i]) return typeof one[i] === typeof other[i] ? undefined : 'conflict';
  return 'overlap';
}

/** An update doesn't write the key. Source: "API Reference", UpdateItem. */
export function checkKeyUntouched(bound: BoundExpression, keys: readonly KeyAttribute[]): void {
  for (const path of bound.expression.targets) {
    const [attribute] = resolve(path, bound);
    if (keys.some(({ name }) => name === attribute))
      throw invalidValues(`Cannot update attribute ${attribute}. This attribute is part of the key`);
  }
}
