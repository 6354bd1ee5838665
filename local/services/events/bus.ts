import { randomUUID } from 'node:crypto';
import type { Filter } from '../../event-sources/filter.ts';
import type { DestinationRecord } from '../../functions/async-events.ts';
import { perWorld } from '../../per-world.ts';
import type { World } from '../../types.ts';
import { sendToTarget, type Target } from './targets.ts';

interface Rule {
  readonly name: string;
  readonly bus: string;
  readonly matches: Filter;
  readonly targets: readonly Target[];
}

const rulesOf = perWorld((): Rule[] => []);

/** The name of a bus from its name or ARN. */
export const busName = (nameOrArn = 'default'): string => nameOrArn.replace(/^.*\//, '');

export function addRule(world: World, rule: Rule): void {
  rulesOf(world).push(rule);
}

/** What an event says besides what EventBridge adds. */
export interface NewEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
  readonly time?: Date;
}

/** Makes an event with what EventBridge adds. */
export function newEvent({ account, region }: World, { time = new Date(), resources = [], ...rest }: NewEvent) {
  const at = time.toISOString().replace(/\.\d+/, '');
  return { version: '0', id: randomUUID(), ...rest, account, time: at, region, resources };
}

/** Tells a bus how an asynchronous invocation has ended ("Capturing records of Lambda asynchronous invocations"). */
export function publishResult(world: World, arn: string, detail: DestinationRecord): void {
  const { condition, functionArn } = detail.requestContext;
  const result = condition === 'Success' ? 'Success' : 'Failure';
  const type = `Lambda Function Invocation Result - ${result}`;
  publishEvent(world, busName(arn), { source: 'lambda', 'detail-type': type, detail, resources: [functionArn] });
}

/** Sends an event to the targets of all rules of a bus that match it, in the background. Returns its id. */
export function publishEvent(world: World, bus: string, given: NewEvent): string {
  const event = newEvent(world, given);
  for (const { name, targets } of rulesOf(world).filter((rule) => rule.bus === bus && rule.matches(event)))
    for (const target of targets)
      sendToTarget(target, event, world).catch((error) => world.log.warn(`The rule ${name} failed: ${error}`));
  return event.id;
}
