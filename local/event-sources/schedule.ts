import * as z from 'zod/mini';
import { physicalName } from '../assembly/skipped.ts';
import { handle } from '../handle.ts';
import { absent } from '../parse.ts';
import { addRule, busName, newEvent } from '../services/events/bus.ts';
import { sendToTarget, type Target, target } from '../services/events/targets.ts';
import { type ResourceHandler, StackError, type World } from '../types.ts';
import { parseCron } from './cron.ts';
import { parseFilter } from './filter.ts';

const state = z._default(z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']), 'ENABLED');
const ruleProperties = z.object({
  EventBusName: z.optional(z.string()),
  ScheduleExpression: z.optional(z.string()),
  EventPattern: z.optional(z.unknown()),
  State: state,
  Targets: z._default(z.array(target), []),
});

/** Handles EventBridge rules, with a schedule, a pattern of events, or both. */
const rule = handle('AWS::Events::Rule', ruleProperties, async (given, world, resource) => {
  const name = physicalName(resource);
  const arn = `arn:aws:events:${world.region}:${world.account}:rule/${name}`;
  const targets = given.Targets;
  if (given.State !== 'DISABLED' && given.ScheduleExpression !== undefined)
    run(given.ScheduleExpression, 'UTC', targets, { source: 'aws.events', arn }, world);
  if (given.State !== 'DISABLED' && given.EventPattern !== undefined) {
    const matches = parseFilter(JSON.stringify(given.EventPattern), true);
    addRule(world, { name, bus: busName(given.EventBusName), matches, targets });
  }
  return { ref: name, attributes: { Arn: arn } };
});

const scheduleProperties = z.object({
  GroupName: z._default(z.string(), 'default'),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z._default(z.string(), 'UTC'),
  State: state,
  Target: target,
  StartDate: absent,
  EndDate: absent,
});

/** Handles schedules of EventBridge Scheduler. */
const schedule = handle('AWS::Scheduler::Schedule', scheduleProperties, async (given, world, resource) => {
  const name = physicalName(resource);
  const arn = `arn:aws:scheduler:${world.region}:${world.account}:schedule/${given.GroupName}/${name}`;
  const zone = given.ScheduleExpressionTimezone;
  if (given.State !== 'DISABLED')
    run(given.ScheduleExpression, zone, [given.Target], { source: 'aws.scheduler', arn }, world);
  return { ref: name, attributes: { Arn: arn } };
});

const groups = 'AWS::Scheduler::ScheduleGroup';
const group = handle(groups, z.unknown(), async (_, __, resource) => ({ ref: physicalName(resource) }));

export const schedules: readonly ResourceHandler[] = [rule, schedule, group];

const minuteMs = 60_000;
/** The longest delay of a timer in Node.js, 24.8 days. */
const maxTimerMs = 2 ** 31 - 1;
const units: Readonly<Record<string, number>> = { minute: minuteMs, hour: 60 * minuteMs, day: 24 * 60 * minuteMs };

type Origin = { readonly source: string; readonly arn: string };

/** Sends each target its input whenever the schedule is due, from when the stack is ready until it stops. */
function run(expression: string, zone: string, targets: readonly Target[], origin: Origin, world: World) {
  const about = { 'detail-type': 'Scheduled Event', source: origin.source, resources: [origin.arn], detail: {} };
  const warn = (error: unknown) => world.log.warn(`The schedule ${origin.arn} failed: ${error}`);
  const fire = () => {
    for (const each of targets) sendToTarget(each, newEvent(world, about), world).catch(warn);
  };
  let timer: NodeJS.Timeout | undefined;
  const begin = timing(expression, zone);
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
