import * as z from 'zod/mini';
import { physicalName } from '../assembly/skipped.ts';
import { every } from '../every.ts';
import { handle } from '../handle.ts';
import { sendTo } from '../services/send-to.ts';
import { type Created, type Resource, StackError, type World } from '../types.ts';
import { alarmPage } from './alarm-page.ts';
import { type Alarm, Alarms } from './alarms.ts';
import { type Dashboard, parseDashboard } from './dashboard.ts';
import { dashboardPage } from './dashboard-page.ts';
import { compositeAlarm, metricAlarm } from './definitions.ts';
import { lambdaEvent, message, subject } from './notification.ts';

const DashboardProperties = z.object({ DashboardBody: z.string() });

/** Alarms are evaluated so soon after a minute is over. */
const evaluateMs = 10_000;

/** Runs the alarms of a stack, which tell topics and functions of their changes, and shows them and the dashboards. */
export function createCloudWatch(world: World) {
  const alarms = new Alarms(world.figures, async (after, before) => {
    world.log.debug(`${after.alarm.name} is ${after.state}: ${after.reason}`);
    for (const arn of after.alarm.actions[after.state]) {
      // Whatever else an alarm can start, such as scaling, isn't there.
      if (arn.includes(':sns:'))
        await sendTo(world, arn, JSON.stringify(message(after, before, world)), subject(after, world));
      else if (arn.includes(':lambda:')) await world.functions.invokeAsync(arn, lambdaEvent(after, before, world));
    }
  });
  const dashboards: Dashboard[] = [];

  /** What can't be evaluated here is no reason not to start. */
  function add(resource: Resource, read: (name: string, arn: string, properties: unknown) => Alarm): Created {
    const name = physicalName({ ...resource, type: 'AWS::CloudWatch::Alarm' });
    const arn = `arn:aws:cloudwatch:${world.region}:${world.account}:alarm:${name}`;
    try {
      alarms.add(read(name, arn, resource.properties));
    } catch (error) {
      if (!(error instanceof StackError)) throw error;
      world.log.warn(`The alarm ${name} isn't evaluated here: ${error.message}`);
    }
    return { ref: read === compositeAlarm ? arn : name, attributes: { Arn: arn } };
  }

  every(evaluateMs, world, 'Evaluating alarms', () => alarms.evaluate());

  return {
    alarms,
    pages: [dashboardPage(dashboards, alarms, world.figures), alarmPage(alarms)],
    handlers: [
      handle('AWS::CloudWatch::Alarm', z.unknown(), async (_, __, resource) => add(resource, metricAlarm)),
      handle('AWS::CloudWatch::CompositeAlarm', z.unknown(), async (_, __, resource) => add(resource, compositeAlarm)),
      handle('AWS::CloudWatch::Dashboard', DashboardProperties, async ({ DashboardBody }, _, resource) => {
        const name = physicalName(resource);
        dashboards.push(parseDashboard(name, DashboardBody));
        return { ref: name };
      }),
    ],
  };
}
