import * as z from 'zod/mini';
import { isObject } from '../parse.ts';
import { StackError } from '../types.ts';

const Any = z.record(z.string(), z.unknown());

const TemplateResource = z.object({
  Type: z.string(),
  Properties: z._default(Any, {}),
  Condition: z.optional(z.string()),
  DependsOn: z.optional(z.union([z.string(), z.array(z.string())])),
});
export type TemplateResource = z.output<typeof TemplateResource>;

const Export = z.optional(z.object({ Name: z.unknown() }));
const Output = z.object({ Value: z.unknown(), Condition: z.optional(z.string()), Export });

/** The parts of a CloudFormation template that the local stack reads. */
export const Template = z.object({
  Parameters: z._default(z.record(z.string(), z.object({ Type: z.string(), Default: z.optional(z.unknown()) })), {}),
  Mappings: z._default(z.record(z.string(), z.record(z.string(), Any)), {}),
  Conditions: z._default(Any, {}),
  Resources: z.record(z.string(), TemplateResource),
  Outputs: z._default(z.record(z.string(), Output), {}),
});
export type Template = z.output<typeof Template>;

/** Splits the argument of `Fn::GetAtt`, which is `Id.Attribute` or `[Id, Attribute]`. */
export function parseGetAtt(argument: unknown): [id: string, attribute: unknown] {
  if (Array.isArray(argument)) return [String(argument[0]), argument[1]];
  const [id = '', ...rest] = String(argument).split('.');
  return [id, rest.join('.')];
}

/** Matches the names in a text of `Fn::Sub`: `${Name}`, but not `${!Literal}`. */
export const SUB_NAME = /\$\{(?!!)([^}]+)\}/g;

/** Returns the logical ids and other names that a value refers to. */
function references(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) references(item, found);
  if (!isObject(value)) return found;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref') found.add(String(item));
    else if (key === 'Fn::GetAtt') found.add(parseGetAtt(item)[0]);
    else if (key === 'Fn::Sub') {
      const text = Array.isArray(item) ? item[0] : item;
      for (const [, name = ''] of String(text).matchAll(SUB_NAME)) found.add(parseGetAtt(name)[0]);
    }
    references(item, found);
  }
  return found;
}

/**
 * Returns the logical ids in an order in which each comes after those that it refers to, and custom resources, which wait for functions, as late
 * as can be. @throws StackError when resources depend on each other
 */
export function creationOrder(resources: Template['Resources']): string[] {
  const order = new Set<string>();
  const visiting = new Set<string>();
  const visit = (id: string) => {
    const resource = resources[id];
    if (!resource || order.has(id)) return;
    if (visiting.has(id)) {
      const circle = [...visiting].slice([...visiting].indexOf(id));
      throw new StackError(`Circular dependency between resources: [${circle.join(', ')}]`);
    }
    visiting.add(id);
    for (const dependency of [resource.DependsOn ?? []].flat()) visit(dependency);
    for (const dependency of references(resource.Properties)) visit(dependency);
    visiting.delete(id);
    order.add(id);
  };
  const isCustom = (id: string) => /^(Custom::|AWS::CloudFormation::CustomResource)/.test(resources[id]?.Type ?? '');
  const ids = Object.keys(resources);
  for (const id of [...ids.filter((each) => !isCustom(each)), ...ids.filter(isCustom)]) visit(id);
  return [...order];
}
