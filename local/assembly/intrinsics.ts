import { isObject } from '../parse.ts';
import { StackError } from '../types.ts';
import type { StackScope } from './scope.ts';
import { parseGetAtt, SUB_NAME } from './template.ts';

/** The value of `AWS::NoValue`: a property that has it is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** Returns `value` with every intrinsic function in it evaluated. Source: AWS, "Intrinsic function reference" (CloudFormation). */
export function evaluate(value: unknown, scope: StackScope): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  if (!isObject(value)) return value;
  const [name, ...others] = Object.keys(value);
  if (name && !others.length && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))) {
    const intrinsic = INTRINSICS[name];
    if (intrinsic) return intrinsic(value[name], scope);
    if (name !== 'Condition') throw new StackError(`The intrinsic function ${name} isn't supported.`);
  }
  const entries = Object.entries(value).map(([key, item]) => [key, evaluate(item, scope)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
}

/** Evaluates a condition function, or the condition that `{Condition: name}` names. */
export function holds(value: unknown, scope: StackScope): boolean {
  if (isObject(value) && typeof value['Condition'] === 'string') return scope.condition(value['Condition']);
  return evaluate(value, scope) === true;
}

const list = (value: unknown, scope: StackScope): unknown[] => {
  const evaluated = evaluate(value, scope);
  return Array.isArray(evaluated) ? evaluated : [evaluated];
};
const text = (value: unknown, scope: StackScope): string => String(evaluate(value, scope));
const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const INTRINSICS: Record<string, (argument: unknown, scope: StackScope) => unknown> = {
  Ref: (name, scope) => scope.ref(String(name)),
  'Fn::GetAtt': (argument, scope) => {
    const [id, attribute] = parseGetAtt(argument);
    return scope.attribute(id, text(attribute, scope));
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = items(argument);
    return list(parts, scope).join(String(separator));
  },
  'Fn::Sub': (argument, scope) => {
    const [template, variables] = items(argument);
    const substituted = String(template).replace(SUB_NAME, (_, name: string) => {
      if (isObject(variables) && name in variables) return text(variables[name], scope);
      if (!name.includes('.')) return String(scope.ref(name));
      const [id, attribute] = parseGetAtt(name);
      return String(scope.attribute(id, String(attribute)));
    });
    return substituted.replaceAll('${!', '${');
  },
  'Fn::Select': (argument, scope) => {
    const [index, values] = items(argument);
    const selected = list(values, scope)[Number(evaluate(index, scope))];
    if (selected === undefined) throw new StackError(`Fn::Select finds nothing at ${JSON.stringify(argument)}.`);
    return selected;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, source] = items(argument);
    return text(source, scope).split(String(separator));
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, topKey, secondKey] = items(argument).map((item) => text(item, scope));
    return scope.mapping(map ?? '', topKey ?? '', secondKey ?? '');
  },
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = items(argument);
    return evaluate(scope.condition(String(condition)) ? yes : no, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [a, b] = items(argument).map((item) => text(item, scope));
    return a === b;
  },
  'Fn::And': (argument, scope) => items(argument).every((item) => holds(item, scope)),
  'Fn::Or': (argument, scope) => items(argument).some((item) => holds(item, scope)),
  'Fn::Not': (argument, scope) => !holds(items(argument)[0], scope),
  'Fn::Base64': (argument, scope) => Buffer.from(text(argument, scope)).toString('base64'),
  'Fn::GetAZs': (argument, scope) => {
    const region = text(argument, scope) || String(scope.ref('AWS::Region'));
    return ['a', 'b', 'c'].map((zone) => region + zone);
  },
  'Fn::ImportValue': (argument, scope) => scope.exported(text(argument, scope)),
  'Fn::GetStackOutput': (argument, scope) => {
    if (!isObject(argument)) throw new StackError('Fn::GetStackOutput needs a StackName and an OutputName.');
    return scope.output(text(argument['StackName'], scope), text(argument['OutputName'], scope));
  },
};
