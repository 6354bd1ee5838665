import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { logger } from '#lambdas/kit/log.ts';
import { discordBody, slackBody } from '#lambdas/notify/bodies.ts';
import { readNotice } from '#lambdas/notify/notice.ts';
import { readAddresses } from '#lambdas/notify/post.ts';
import { tell } from '#lambdas/notify/tell.ts';

const now = Date.parse('2026-11-28T20:41:00Z');
const raised = {
  AlarmName: 'storm-prod-DeliverySlow',
  AlarmDescription:
    'One message in twenty takes more than 500 ms. First: See the dashboard. Runbook: docs/runbooks.md#slow',
  NewStateValue: 'ALARM',
  NewStateReason:
    'Threshold Crossed: 3 out of the last 5 datapoints [612.34567 (28/11/26 20:39:00), 590.0 (28/11/26 20:38:00)] were greater than the threshold (500.0) (minimum 3 datapoints for OK -> ALARM transition).',
  StateChangeTime: '2026-11-28T20:40:00.000+0000',
  AlarmArn: 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:storm-prod-DeliverySlow',
  Trigger: { MetricName: 'DeliveryTime', Threshold: 500 },
};

describe('a notice', () => {
  test('says what, since when, the value against the threshold, what to do first, and where to look', () => {
    expect(readNotice(raised, now)).toEqual({
      state: 'raised',
      title: 'storm-prod-DeliverySlow',
      since: Date.parse('2026-11-28T20:40:00Z'),
      means: 'One message in twenty takes more than 500 ms.',
      values: '612.3, and the threshold is 500',
      first: 'See the dashboard.',
      runbook: 'docs/runbooks.md#slow',
      link: 'https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/storm-prod-DeliverySlow',
    });
  });

  test('of a composite alarm says why it is raised', () => {
    const { Trigger, ...composite } = raised;
    const NewStateReason = 'arn:aws:cloudwatch:…:alarm:storm-prod-Errors transitioned to ALARM';
    expect(readNotice({ ...composite, NewStateReason }, now).values).toBe(NewStateReason);
  });

  test('of anything else is the text that was published', () => {
    expect(readNotice('Your budget exceeded 50 %', now)).toMatchObject({
      means: 'Your budget exceeded 50 %',
      since: now,
    });
    expect(readNotice({ any: 'thing' }, now)).toMatchObject({ means: '{"any":"thing"}' });
  });
});

describe('a message', () => {
  const textOf = {
    slack: (notice: object) => JSON.stringify(slackBody(readNotice(notice, now))),
    discord: (notice: object) => JSON.stringify(discordBody(readNotice(notice, now))),
  };

  test.for(['slack', 'discord'] as const)('for %s has all parts of the notice', (service) => {
    const text = textOf[service](raised);
    for (const part of [
      'more than 500 ms',
      '612.3',
      'threshold is 500',
      'See the dashboard',
      'runbooks.md',
      '#alarmsV2',
    ])
      expect(text).toContain(part);
    expect(text).toContain(String(Date.parse('2026-11-28T20:40:00Z') / 1_000));
  });

  test.for(['slack', 'discord'] as const)('for %s says when it is over, and no first move then', (service) => {
    const text = textOf[service]({ ...raised, NewStateValue: 'OK' });
    expect(text).toContain('is over');
    expect(text).not.toContain('See the dashboard');
  });

  test('for Slack has no link, mention or entity that its text brings', () => {
    const text = textOf.slack({ ...raised, AlarmName: '<!channel> & <https://evil.example|click>' });
    expect(text).toContain('&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;');
    expect(text).not.toContain('<!channel>');
  });

  test('for Discord has no link or mark-up that its text brings, and mentions nobody', () => {
    const name = '@everyone <@&1> [click](https://evil.example) **bold** `code`';
    const body = discordBody(readNotice({ ...raised, AlarmName: name }, now));
    expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
    const { content } = Object(body);
    expect(content).toContain(String.raw`\@everyone \<\@&1\> \[click\]\(https\:`);
    expect(content).toContain(String.raw`\*\*bold\*\* \`code\``);
  });

  test.for(['slack', 'discord'] as const)('for %s is bounded, whatever the alarm says', (service) => {
    const long = '<*😀'.repeat(20_000);
    const text = textOf[service]({ ...raised, AlarmName: long, AlarmDescription: long, NewStateReason: long });
    // Slack: 3 000 in a section. Discord: 2 000 in the content, 4 096 in a description.
    expect(text.length).toBeLessThan(8_000);
    const sizes = [...text.matchAll(/"(?:text|content|description)":"((?:[^"\\]|\\.)*)"/g)].map(
      ([, part = '']) => JSON.parse(`"${part}"`).length,
    );
    expect(sizes.length).toBeGreaterThan(1);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(service === 'slack' ? 3_000 : 4_096);
  });
});

describe('telling', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  /** A receiver that answers with a status, and its address with a key in it. */
  async function receiver(status: number) {
    const bodies: string[] = [];
    const listener: RequestListener = async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()).toString());
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
    };
    const server = createServer(listener).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/services/KEY`, bodies };
  }

  /** Tells two services that answer with these statuses. */
  async function telling(slack: number, discord: number, to?: 'slack' | 'discord') {
    const at = { slack: await receiver(slack), discord: await receiver(discord) };
    const again: object[] = [];
    const ports = {
      addresses: async () => readAddresses(JSON.stringify({ slack: at.slack.url, discord: at.discord.url })),
      again: async (messages: object[]) => void again.push(...messages),
      now: () => now,
    };
    const outcome = await tell(ports, { Message: JSON.stringify(raised), ...(to && { to }) });
    return { outcome, again, got: { slack: at.slack.bodies, discord: at.discord.bodies } };
  }

  test('posts to both services', async () => {
    const { outcome, got } = await telling(200, 204);
    expect(outcome).toBe('done');
    expect(got.slack.map((body) => JSON.parse(body))).toEqual([slackBody(readNotice(raised, now))]);
    expect(got.discord.map((body) => JSON.parse(body))).toEqual([discordBody(readNotice(raised, now))]);
  });

  test('comes again for the service that did not take it, and not for the other one', async () => {
    const { outcome, again } = await telling(200, 429);
    expect(outcome).toBe('done');
    expect(again).toEqual([{ Message: JSON.stringify(raised), to: 'discord' }]);
    const second = await telling(200, 200, 'discord');
    expect([second.got.slack.length, second.got.discord.length]).toEqual([0, 1]);
  });

  test.for([500, 404, 302])('comes again if all answer %i', async (status) => {
    expect(await telling(status, status)).toMatchObject({ outcome: 'retry', again: [] });
  });

  test('never logs an address, also if nobody is there or the secret is malformed', async () => {
    const warn = vi.spyOn(logger, 'warn').mockImplementation(() => {});
    const ports = {
      addresses: async () => ({ slack: 'http://127.0.0.1:1/services/KEY' }),
      again: async () => {},
      now: () => now,
    };
    expect(await tell(ports, { Message: 'text' })).toBe('retry');
    expect(warn).toHaveBeenCalled();
    expect(JSON.stringify(warn.mock.calls)).not.toMatch(/KEY|127\.0/);
    warn.mockRestore();
    for (const secret of ['https://hooks.example/KEY', '{"slack":"ftp://hooks.example/KEY"}', '"KEY"', undefined])
      expect(() => readAddresses(secret)).toThrow(/^(?!.*KEY).*The secret of the webhooks/);
  });
});
