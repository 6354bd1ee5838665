import { hash } from 'node:crypto';
import { memberAt } from '../parse.ts';
import { type Created, StackError } from '../types.ts';
import { evaluate, holds, NO_VALUE } from './intrinsics.ts';
import type { Template } from './template.ts';

/** The state that all stacks of an assembly share. */
export interface Deployment {
  readonly account: string;
  readonly region: string;
  readonly exports: Map<string, unknown>;
  /** The outputs of each stack, by stack and name. */
  readonly outputs: Map<string, Map<string, unknown>>;
}

/** Looks up the names of one stack's template, among the resources that exist so far. It throws `StackError` for a name that it doesn't know. */
export class StackScope {
  readonly resources = new Map<string, Created>();
  readonly #pseudo: Record<string, unknown>;
  readonly #given: { template: Template; parameters: ReadonlyMap<string, unknown>; deployment: Deployment };
  readonly #conditions = new Map<string, boolean>();

  constructor(name: string, template: Template, parameters: ReadonlyMap<string, unknown>, deployment: Deployment) {
    const { account, region } = deployment;
    this.#given = { template, parameters, deployment };
    const uuid = hash('sha256', name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
    this.#pseudo = {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': name,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${name}/${uuid}`,
      'AWS::NotificationARNs': [],
      'AWS::NoValue': NO_VALUE,
    };
  }

  ref(name: string): unknown {
    if (name in this.#pseudo) return this.#pseudo[name];
    if (this.#given.parameters.has(name)) return this.#given.parameters.get(name);
    if (name.startsWith('AssetParameters'))
      throw new StackError('The app is made by version 1 of the CDK, whose assets are not known here.');
    if (name in this.#given.template.Parameters)
      throw new StackError(`Parameter ${name} has no value and no default: give it one (--parameters ${name}=…).`);
    return this.#resource(name).ref;
  }

  attribute(id: string, name: string): unknown {
    const attributes = this.#resource(id).attributes ?? {};
    if (name in attributes) return attributes[name];
    // A name with dots can be one attribute of a custom resource, or a path such as `Outputs.Name`.
    const nested = memberAt(attributes, name.split('.'));
    if (nested === undefined)
      throw new StackError(`${id} (${this.#given.template.Resources[id]?.Type}) has no attribute ${name}.`);
    return nested;
  }

  condition(name: string): boolean {
    const known = this.#conditions.get(name);
    if (known !== undefined) return known;
    if (!(name in this.#given.template.Conditions)) throw new StackError(`There is no condition ${name}.`);
    const value = holds(this.#given.template.Conditions[name], this);
    this.#conditions.set(name, value);
    return value;
  }

  mapping(name: string, topKey: string, secondKey: string): unknown {
    const value = this.#given.template.Mappings[name]?.[topKey]?.[secondKey];
    return value ?? missing(`There is no ${name}.${topKey}.${secondKey} among the mappings.`);
  }

  exported(name: string): unknown {
    return this.#given.deployment.exports.get(name) ?? missing(`No stack exports ${name}.`);
  }

  output(stack: string, name: string): unknown {
    const value = this.#given.deployment.outputs.get(stack)?.get(name);
    return value ?? missing(`Stack ${stack} has no output ${name}.`);
  }

  evaluate(value: unknown): unknown {
    return evaluate(value, this);
  }

  #resource(id: string): Created {
    return this.resources.get(id) ?? missing(`There is no resource ${id}.`);
  }
}

function missing(why: string): never {
  throw new StackError(why);
}
