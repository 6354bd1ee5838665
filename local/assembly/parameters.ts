import { parametersOf } from '../services/ssm/index.ts';
import { StackError, type World } from '../types.ts';
import type { Template } from './template.ts';

/**
 * Returns the values of a template's parameters: those that were given, or else the defaults. One of a type `AWS::SSM::Parameter::Value<…>`
 * has the name of a parameter of Systems Manager for that. A parameter without any value is left out.
 */
export function parameterValues({ Parameters }: Template, given: Readonly<Record<string, string>>, world: World) {
  const values = new Map<string, unknown>();
  for (const [name, { Type, Default }] of Object.entries(Parameters)) {
    const value = given[name] ?? Default;
    if (value === undefined) continue;
    const inner = /^AWS::SSM::Parameter::Value<(.*)>$/.exec(Type)?.[1];
    const text = inner === undefined ? value : ssmValue(String(value), world);
    const isList = /^(CommaDelimitedList$|List<)/.test(inner ?? Type);
    const items = `${text}`.trim().split(/\s*,\s*/);
    values.set(name, isList ? items : text);
  }
  return values;
}

/**
 * The value of a parameter of Systems Manager, perhaps of a version (`name:3`). AWS's own parameters, such as those of machine images, aren't
 * here, nor are those that somebody has made by hand on AWS: their names stand in for the values, with a warning for the latter.
 */
export function ssmValue(reference: string, world: World): string {
  const [, name = reference, version] = /^(.*?)(?::(\d+))?$/.exec(reference) ?? [];
  const found = parametersOf(world).find(name);
  const value = found?.versions.findLast((each) => version === undefined || each.version === Number(version))?.value;
  if (value !== undefined) return value;
  if (found) throw new StackError(`There is no version ${version} of the SSM parameter ${name}.`);
  if (!/^\/(aws\/service|cdk-bootstrap)\//.test(name))
    world.log.warn(
      `The SSM parameter ${name} isn't here, so its name stands in for its value. Put it (aws --profile local ssm put-parameter), and start again.`,
    );
  return name;
}
