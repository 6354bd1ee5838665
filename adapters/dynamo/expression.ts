import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb';

/** A DynamoDB expression whose names and values are still apart from its text. */
export interface Expression {
  readonly strings: TemplateStringsArray;
  readonly parameters: readonly (Name | NativeAttributeValue)[];
}

class Name {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Marks a parameter of `expression` as an attribute name or map key instead of a value. */
export function name(text: string): Name {
  return new Name(text);
}

/** Template tag: ``expression`SET m.${name(userId)}.i = ${id}` `` with placeholders given out when it is compiled. */
export function expression(strings: TemplateStringsArray, ...parameters: (Name | NativeAttributeValue)[]): Expression {
  return { strings, parameters };
}

/** Gathers the placeholders of all expressions of one request. */
export function compiler() {
  const names: Record<string, string> = {};
  const values: Record<string, NativeAttributeValue> = {};
  let count = 0;
  const placeholder = (parameter: Name | NativeAttributeValue): string => {
    const key = `${parameter instanceof Name ? '#' : ':'}p${count++}`;
    if (parameter instanceof Name) names[key] = parameter.text;
    else values[key] = parameter;
    return key;
  };
  return {
    names,
    values,
    compile: ({ strings, parameters }: Expression): string =>
      String.raw({ raw: strings }, ...parameters.map((parameter) => placeholder(parameter))),
  };
}
