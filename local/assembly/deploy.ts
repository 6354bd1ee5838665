import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../parse.ts';
import { ServiceError } from '../services/error.ts';
import { type Created, NeedsRestart, type Resource, type ResourceHandler, StackError, type World } from '../types.ts';
import type { Assembly } from './manifest.ts';
import { parameterValues } from './parameters.ts';
import { resolveReferences } from './references.ts';
import { type Deployment, StackScope } from './scope.ts';
import { hasNoLocalMeaning, notRun, placeholder, refusal } from './skipped.ts';
import { creationOrder, type Template } from './template.ts';

/** Where a resource stands in the templates. */
export type Placed = Pick<Resource, 'stack' | 'logicalId' | 'type'>;

/** What a stack consists of. */
export type Deployed = Awaited<ReturnType<typeof deploy>>;

/** A resource that was created or found. */
export interface Existing {
  readonly resource: Resource;
  readonly created: Created;
}

export type Everything = Map<string, Existing>;
type Handlers = readonly ResourceHandler[];

/** After how long the start says which resource it waits for. */
const WAITING_MS = 3_000;

/**
 * Creates the resources of all stacks, or finds those of an earlier start. `existing` has all that there is so far, by stack and
 * logical id: only what is new or has changed is created, and what is gone is taken away. @throws StackError that names every resource it
 * can't run, and NeedsRestart for a change that can't take effect in a running stack.
 */
export async function deploy(assembly: Assembly, handlers: Handlers, world: World, existing: Everything = new Map()) {
  refuseUnknown(assembly, handlers);
  refuseUnused(assembly, world.parameters);
  const { account, region } = assembly;
  const deployment: Deployment = { account, region, exports: new Map(), outputs: new Map() };
  /** The resources that have no local meaning, or aren't run. */
  const skipped: Placed[] = [];
  const seen = new Set<string>();
  const tell =
    existing.size > 0
      ? (resource: Resource, what: string) => world.log.info(`↻ ${described(resource)} ${what}`)
      : () => {};
  /**
   * With local addresses, by stack and name, in the form that `cdk deploy --outputs-file` writes. What the CDK exports to other stacks
   * (`ExportsOutput…`) is left out.
   */
  const outputs: Record<string, Record<string, string>> = {};
  for (const { name, template } of assembly.stacks) {
    const parameters = parameterValues(template, given(name, world.parameters), world);
    const scope = new StackScope(name, template, parameters, deployment);
    const unneeded = providersOf(template, handlers);
    for (const logicalId of creationOrder(template.Resources)) {
      const { Type: type, Properties, Condition } = template.Resources[logicalId] ?? { Type: '', Properties: {} };
      if (Condition && !scope.condition(Condition)) continue;
      const handler = unneeded.has(logicalId) ? undefined : handlerOf(type, handlers);
      try {
        const properties = await resolveReferences(scope.evaluate(Properties), world);
        if (!isObject(properties)) continue;
        const resource: Resource = { stack: name, logicalId, type, properties };
        const waiting = setTimeout(() => world.log.info(`  Waiting for ${name}/${logicalId} (${type}) …`), WAITING_MS);
        const key = `${name}/${logicalId}`;
        try {
          const created = handler
            ? await createOrChange(handler, resource, world, existing.get(key))
            : placeholder(resource, account, region);
          scope.resources.set(logicalId, created);
          if (handler) {
            const before = existing.get(key);
            if (created !== before?.created) tell(resource, before ? 'has changed' : 'is new');
            existing.set(key, { resource, created });
            seen.add(key);
          } else if (!unneeded.has(logicalId)) skipped.push({ stack: name, logicalId, type });
        } finally {
          clearTimeout(waiting);
        }
      } catch (error) {
        // A service refuses what the template says as it would refuse it of anybody.
        const isRefused = error instanceof StackError || error instanceof ServiceError;
        if (!isRefused || error instanceof NeedsRestart) throw error;
        throw new StackError(`${name}/${logicalId} (${type}): ${error.message}`);
      }
    }
    outputs[name] = publish(name, template, scope, deployment, world);
  }
  for (const [key, gone] of [...existing].filter(([each]) => !seen.has(each))) {
    existing.delete(key);
    tell(gone.resource, 'is gone');
    remove(gone, [...existing.values()], handlers);
    world.whenChanged(gone.resource, [], async () => {});
  }
  const created: Placed[] = [...existing.values()].map(({ resource }) => resource);
  return { outputs, created, skipped };
}

async function createOrChange(handler: ResourceHandler, resource: Resource, world: World, before?: Existing) {
  if (before && isDeepStrictEqual(before.resource, resource)) return before.created;
  const isSame = before?.resource.type === resource.type;
  if (before && !(isSame && handler.changes)) throw new NeedsRestart(`${described(resource)} has changed`);
  const created = await handler.create(resource, world);
  // What has another name now is another one.
  if (before && before.created.ref !== created.ref) handler.remove?.(before.resource);
  return created;
}

function remove({ resource, created }: Existing, present: readonly Existing[], handlers: Handlers) {
  // The same may be there under another logical id.
  if (present.some((each) => each.resource.type === resource.type && each.created.ref === created.ref)) return;
  const handler = handlerOf(resource.type, handlers);
  if (!handler?.remove) throw new NeedsRestart(`${described(resource)} is gone`);
  handler.remove(resource);
}

const described = ({ stack, logicalId, type }: Resource) => `${stack}/${logicalId} (${type})`;

/** The parameters that were given for a stack: `Name`, or `Stack:Name` for one of several. */
function given(stack: string, parameters: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(parameters).map(([key, value]) => [key.replace(`${stack}:`, ''), value] as const);
  return Object.fromEntries(entries.filter(([key]) => !key.includes(':')));
}

function handlerOf(type: string, handlers: Handlers): ResourceHandler | undefined {
  const find = (name: string) => handlers.find(({ types }) => types.includes(name));
  return find(type) ?? (type.startsWith('Custom::') && !hasNoLocalMeaning(type) ? find('Custom::*') : undefined);
}

function refuseUnknown({ stacks }: Assembly, handlers: Handlers): void {
  const unknown = stacks.flatMap(({ name: stack, template }) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => !handlerOf(Type, handlers) && !hasNoLocalMeaning(Type) && notRun(Type) === undefined)
      .map(([logicalId, { Type: type }]) => ({ stack, logicalId, type })),
  );
  if (unknown.length) throw new StackError(refusal(unknown));
}

function refuseUnused({ stacks }: Assembly, parameters: Readonly<Record<string, string>>): void {
  const known = stacks.flatMap(({ name, template }) => Object.keys(template.Parameters).map((key) => `${name}:${key}`));
  const unused = Object.keys(parameters).filter(
    (key) => !known.some((each) => each === key || each.endsWith(`:${key}`)),
  );
  if (unused.length)
    throw new StackError(
      `No template has a parameter ${unused.join(' or ')}. There are: ${known.join(', ') || 'none'}.`,
    );
}

/** Returns the functions that only serve custom resources which the stack handles itself. Some of the CDK's are in Python. */
function providersOf({ Resources }: Template, handlers: Handlers): Set<string> {
  const providers = new Set<string>();
  const others = new Set<string>();
  for (const { Type, Properties } of Object.values(Resources)) {
    const token = isObject(Properties['ServiceToken']) ? Properties['ServiceToken']['Fn::GetAtt'] : undefined;
    const isOwn = handlerOf(Type, handlers)?.types.includes('Custom::*');
    if (Array.isArray(token)) (isOwn ? others : providers).add(String(token[0]));
  }
  return new Set([...providers].filter((id) => !others.has(id)));
}

function publish(name: string, template: Template, scope: StackScope, deployment: Deployment, world: World) {
  const all = new Map<string, unknown>();
  const published: Record<string, string> = {};
  for (const [key, { Value, Condition, Export }] of Object.entries(template.Outputs)) {
    if (Condition && !scope.condition(Condition)) continue;
    const value = scope.evaluate(Value);
    all.set(key, value);
    if (Export) deployment.exports.set(String(scope.evaluate(Export.Name)), value);
    if (!Export || !key.startsWith('ExportsOutput')) published[key] = world.localize(String(value));
  }
  deployment.outputs.set(name, all);
  return published;
}
