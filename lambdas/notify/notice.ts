import * as z from 'zod/mini';

/** What CloudWatch publishes when the state of an alarm changes ("Notifying users on alarm changes"). A composite alarm has no `Trigger`. */
const StateChange = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.nullish(z.string()),
  NewStateValue: z.enum(['ALARM', 'OK', 'INSUFFICIENT_DATA']),
  NewStateReason: z.string(),
  StateChangeTime: z.string(),
  AlarmArn: z.string(),
  Trigger: z.optional(z.object({ Threshold: z.optional(z.number()) })),
});

/** What people are told, without any mark-up. */
export interface Notice {
  readonly state: 'raised' | 'over' | 'unknown';
  readonly title: string;
  /** Since when, in ms. */
  readonly since: number;
  /** What it means for users. */
  readonly means: string;
  /** The newest value and the threshold, or why the state changed where there are none. */
  readonly values: string;
  readonly first?: string | undefined;
  /** The path of the runbook in the repository. */
  readonly runbook?: string | undefined;
  /** The alarm in the console of AWS. */
  readonly link?: string | undefined;
}

const states = { ALARM: 'raised', OK: 'over', INSUFFICIENT_DATA: 'unknown' } as const;

/**
 * Reads what was published to the topic, at `now`. Whatever isn't a change of an alarm's state, such as the message of a budget, is told as
 * the text that it is.
 */
export function readNotice(message: unknown, now: number): Notice {
  const change = StateChange.safeParse(message);
  if (!change.success) {
    const means = typeof message === 'string' ? message : JSON.stringify(message);
    return { state: 'unknown', title: 'A message of AWS', since: now, means, values: '' };
  }
  const { AlarmName, AlarmDescription, NewStateValue, NewStateReason, StateChangeTime, AlarmArn, Trigger } =
    change.data;
  const since = Date.parse(StateChangeTime);
  return {
    state: states[NewStateValue],
    title: AlarmName,
    since: Number.isNaN(since) ? now : since,
    ...partsOf(AlarmDescription ?? ''),
    values: valuesIn(NewStateReason, Trigger?.Threshold),
    link: consoleLink(AlarmArn, AlarmName),
  };
}

/** The parts of an alarm's text, as `lib/alarms/catalogue.ts` puts them together. */
function partsOf(description: string): Pick<Notice, 'means' | 'first' | 'runbook'> {
  const [, means = description, first, runbook] = /^(.*?) First: (.*) Runbook: (\S+)$/s.exec(description) ?? [];
  return { means, first, runbook };
}

/** A reason begins with "Threshold Crossed: 3 out of the last 5 datapoints [612.3 (28/11/26 20:39:00), …]", the newest first. */
function valuesIn(reason: string, threshold: number | undefined): string {
  const newest = /\[(-?[\d.]+(?:E-?\d+)?) \(/.exec(reason)?.[1];
  if (newest === undefined || threshold === undefined) return reason;
  return `${Number(Number(newest).toPrecision(4))}, and the threshold is ${threshold}`;
}

function consoleLink(arn: string, name: string): string | undefined {
  const [, partition, , region = ''] = arn.split(':');
  if (partition !== 'aws' || !/^[a-z0-9-]+$/.test(region)) return undefined;
  const alarm = encodeURIComponent(name);
  const link = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:alarm/${alarm}`;
  return link.length <= 400 ? link : undefined;
}
