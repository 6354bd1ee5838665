import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { parseProperties } from '../parse.ts';
import { addRule, busName } from '../services/events/bus.ts';
import { sendToTarget, type Target, target } from '../services/events/targets.ts';
import { type Resource, type ResourceHandler, StackError, type World } from '../types.ts';
import { parseCron } from './cron.ts';
import { parseFilter } from './filter.ts';

const absent = z.optional(z.undefined("isn't supported"));
const state = z._default(z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']), 'ENABLED');
const ruleProperties = z.object({
  Name: z.optional(z.string()),
  EventBusName: z.optional(z.string()),
  ScheduleExpression: z.optional(z.string()),
  EventPattern: z.optional(z.unknown()),
  State: state,
  Targets: z._default(z.array(target), []),
});

/** Handles EventBridge rules, with a schedule, a pattern of events, or both. */
const rule: ResourceHandler = {
  types: ['AWS::Events::Rule'],
  async create(resource, world) {
    const given = parseProperties(ruleProperties, resource.properties);
    const name = given.Name ?? nameOf(resource);
    const arn = `arn:aws:events:${world.region}:${world.account}:rule/${name}`;
    const targets = given.Targets;
    if (given.State !== 'DISABLED' && given.ScheduleExpression !== undefined)
      run(given.ScheduleExpression, 'UTC', targets, { source: 'aws.events', arn }, world);
    if (given.State !== 'DISABLED' && given.EventPattern !== undefined) {
      const matches = parseFilter(JSON.stringify(given.EventPattern), true);
      addRule(world, { name, bus: busName(given.EventBusName), matches, targets });
    }
    return { ref: name, attributes: { Arn: arn } };
  },
};

const scheduleProperties = z.object({
  Name: z.optional(z.string()),
  GroupName: z._default(z.string(), 'default'),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z._default(z.string(), 'UTC'),
  State: state,
  Target: target,
  StartDate: absent,
  EndDate: absent,
});

/** Handles schedules of EventBridge Scheduler. */
const schedule: ResourceHandler = {
  types: ['AWS::Scheduler::Schedule'],
  async create(resource, world) {
    const given = parseProperties(scheduleProperties, resource.properties);
    const name = given.Name ?? nameOf(resource);
    const arn = `arn:aws:scheduler:${world.region}:${world.account}:schedule/${given.GroupName}/${name}`;
    const zone = given.ScheduleExpressionTimezone;
    if (given.State !== 'DISABLED')
      run(given.ScheduleExpression, zone, [given.Target], { source: 'aws.scheduler', arn }, world);
    return { ref: name, attributes: { Arn: arn } };
  },
};

const group: ResourceHandler = {
  types: ['AWS::Scheduler::ScheduleGroup'],
  create: async (resource) => ({ ref: nameOf(resource) }),
};

export const schedules: readonly ResourceHandler[] = [rule, schedule, group];

function nameOf({ stack, logicalId }: Resource): string {
  return `${stack}-${logicalId}`;
}

const minuteMs = 60_000;
/** The longest delay of a timer in Node.js, 24.8 days. */
const maxTimerMs = 2 ** 31 - 1;
const units: Readonly<Record<string, number>> = { minute: minuteMs, hour: 60 * minuteMs, day: 24 * 60 * minuteMs };

/** Sends each target its input whenever the schedule is due, from when the stack is ready until it stops. */
function run(
  expression: string,
  timeZone: string,
  targets: readonly Target[],
  origin: { readonly source: string; readonly arn: string },
  world: World,
): void {
  const fire = () => {
    for (const each of targets)
      sendToTarget(each, scheduledEvent(origin.source, origin.arn, world), world).catch((error) =>
        world.log.warn(`The schedule ${origin.arn} failed: ${error}`),
      );
  };
  let timer: NodeJS.Timeout | undefined;
  const begin = timing(expression, timeZone);
  world.whenReady(async () => {
    timer = begin(fire);
  });
  world.whenStopping(async () => clearInterval(timer));
}

/** A rate counts from the start of the stack. A cron expression is checked once a minute. */
function timing(expression: string, timeZone: string): (fire: () => void) => NodeJS.Timeout {
  const [, kind, inner = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  const [, value, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? [];
  if (kind === 'rate' && value !== undefined) {
    const ms = Number(value) * (units[unit] ?? minuteMs);
    return (fire) => setInterval(fire, Math.min(ms, maxTimerMs));
  }
  if (kind !== 'cron') throw new StackError(`The schedule ${expression} is neither a rate nor a cron expression.`);
  const isDue = parseCron(inner, timeZone);
  let lastMinute = Math.floor(Date.now() / minuteMs);
  return (fire) =>
    setInterval(() => {
      const minute = Math.floor(Date.now() / minuteMs);
      if (minute === lastMinute) return;
      lastMinute = minute;
      if (isDue(new Date())) fire();
    }, 1_000);
}

/** The event for a target that has no input of its own. */
function scheduledEvent(source: string, arn: string, { account, region }: World) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source,
    account,
    time: new Date().toISOString().replace(/\.\d+/, ''),
    region,
    resources: [arn],
    detail: {},
  };
}
