import { statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { serveLocalPages } from '../../console/local-page.ts';
import { serveHttp } from '../../services/http-service.ts';
import { startService } from '../../services/index.ts';
import { mailPage } from '../../services/ses/page.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

let world: TestWorld;
let client: SESv2Client;
let page: Awaited<ReturnType<typeof serveHttp>>;

const clientWith = async (accessKeyId: string) =>
  new SESv2Client({
    endpoint: await world.endpoint('SESV2'),
    region: 'us-east-1',
    credentials: { ...credentials, accessKeyId },
    maxAttempts: 1,
  });

beforeAll(async () => {
  world = testWorld({ startService });
  client = await clientWith(credentials.accessKeyId);
  page = await serveHttp(serveLocalPages([mailPage(world.dataDir)], world));
});
afterAll(async () => {
  client.destroy();
  await page.stop();
  await world[Symbol.asyncDispose]();
});

const part = (Data: string) => ({ Data, Charset: 'UTF-8' });
const mail = (
  more: Partial<SendEmailCommandInput> = {},
  subject = 'Hello',
  text = 'A link: https://a.example/#x',
): SendEmailCommandInput => ({
  FromEmailAddress: 'Storm <storm@chat.example>',
  Destination: { ToAddresses: ['ann@example.org'] },
  Content: { Simple: { Subject: part(subject), Body: { Text: part(text), Html: part('<p>Hello</p>') } } },
  ...more,
});
const send = (input: SendEmailCommandInput, by = client) => by.send(new SendEmailCommand(input));
const Mails = z.object({ mails: z.array(z.unknown()) });
const mails = async () => Mails.parse(await (await fetch(`${page.endpoint}/_local/mails.json`)).json()).mails;

test('a mail is caught, and shown to people and to programs, the newest first', async () => {
  const { MessageId } = await send(mail());
  await send(mail({}, 'Second <script>'));
  expect(await mails()).toMatchObject([
    { subject: 'Second <script>' },
    {
      id: MessageId,
      from: 'Storm <storm@chat.example>',
      to: ['ann@example.org'],
      text: 'A link: https://a.example/#x',
      html: '<p>Hello</p>',
    },
  ]);
  const shown = await (await fetch(`${page.endpoint}/_local/mails`)).text();
  expect(shown).toContain('<a href="https://a.example/#x">');
  expect(shown).not.toMatch(/<script>|<p>Hello/);
  expect((await fetch(`${page.endpoint}/_local/mails.xml`)).status).toBe(404);
});

test('only the owner can read the file', async () => {
  await send(mail());
  expect(statSync(join(world.dataDir, 'mails.jsonl')).mode & 0o777).toBe(0o600);
});

describe('refused is', () => {
  const simple = (subject: string, text: string) => ({
    Content: { Simple: { Subject: part(subject), Body: { Text: part(text) } } },
  });
  test.for<[string, Partial<SendEmailCommandInput>, string]>([
    ['a sender that is no address', { FromEmailAddress: 'storm' }, 'BadRequestException'],
    ['no recipient', { Destination: {} }, 'BadRequestException'],
    ['a recipient that is no address', { Destination: { ToAddresses: ['ann@example'] } }, 'BadRequestException'],
    ['a name that isn’t ASCII', { Destination: { ToAddresses: ['änn@example.org'] } }, 'BadRequestException'],
    [
      'a recipient too many',
      { Destination: { ToAddresses: Array.from({ length: 51 }, (_, i) => `a${i}@example.org`) } },
      'BadRequestException',
    ],
    ['no text', simple('Hello', ''), 'BadRequestException'],
    ['a header in the subject', simple('Hello\r\nBcc: b@example.org', 'text'), 'BadRequestException'],
    ['content that isn’t supported here', { Content: { Template: { TemplateName: 'a' } } }, 'BadRequestException'],
  ])('%s', async ([, more, name]) => {
    await expect(send(mail(more))).rejects.toMatchObject({ name });
  });

  test('a mail of more than 40 MB', async () => {
    // The server may close a connection that was used before while this process makes the mail, which takes seconds on a busy machine.
    const fresh = await clientWith(credentials.accessKeyId);
    const large = mail({}, 'Hello', 'x'.repeat(40_000_001));
    await expect(send(large, fresh)).rejects.toMatchObject({ name: 'MessageRejected' });
    fresh.destroy();
  });

  test('who hasn’t the stack’s access key', async () => {
    const stranger = await clientWith('AKIAOTHER');
    await expect(send(mail(), stranger)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    stranger.destroy();
  });

  test('another operation than sending', async () => {
    expect((await fetch(`${await world.endpoint('SESV2')}/v2/email/account`)).ok).toBe(false);
  });

  test('a page of another origin, which asks for the mails with or without saying so', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    ]) {
      const { hostname, port } = new URL(page.endpoint);
      const status = await new Promise((resolve) => {
        const asked = httpRequest({ hostname, port, path: '/_local/mails.json', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.end();
      });
      expect(status).toBe(403);
    }
  });
});
