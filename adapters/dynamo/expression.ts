import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb';

/** A DynamoDB expression in which names and values don't have their placeholders yet, so that it can be part of another one. */
export class Expression {
  readonly strings: readonly string[];
  readonly parameters: readonly Parameter[];
  constructor(strings: readonly string[], parameters: readonly Parameter[]) {
    this.strings = strings;
    this.parameters = parameters;
  }
}

class Name {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Parameter = Name | Expression | NativeAttributeValue;

/** Marks a parameter of `expression` as an attribute name or map key instead of a value. */
export function name(text: string): Name {
  return new Name(text);
}

/**
 * A template tag: ``expression`SET m.${name(userId)}.i = ${id}` ``. A parameter is a value, a `name`, or another expression.
 * The compiler replaces values and names by placeholders.
 */
export function expression(strings: TemplateStringsArray, ...parameters: Parameter[]): Expression {
  return new Expression(strings, parameters);
}

/** Joins expressions with commas. */
export function list(expressions: readonly Expression[]): Expression {
  return new Expression(['', ...expressions.map((_, i) => (i < expressions.length - 1 ? ', ' : ''))], expressions);
}

/**
 * Compiles the expressions of one request. `compile` returns the text of an expression, and collects its placeholders in `names`
 * and `values`, which DynamoDB gets with the request.
 */
export function compiler() {
  const names: Record<string, string> = {};
  const values: Record<string, NativeAttributeValue> = {};
  let count = 0;
  const compile = ({ strings, parameters }: Expression): string =>
    String.raw({ raw: strings }, ...parameters.map(placeholder));
  const placeholder = (parameter: Parameter): string => {
    if (parameter instanceof Expression) return compile(parameter);
    const key = `${parameter instanceof Name ? '#' : ':'}p${count++}`;
    if (parameter instanceof Name) names[key] = parameter.text;
    else values[key] = parameter;
    return key;
  };
  return { names, values, compile };
}
