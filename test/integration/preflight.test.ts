import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { preflight } from '#bin/preflight/checks.ts';
import { readSettings } from '#lib/settings.ts';

const certificate = (region: string) => `arn:aws:acm:${region}:111122223333:certificate/one`;
const names = ['chat.example.org', '*.chat.example.org'];

/** What the account has. Each call of AWS is answered by it. */
interface Account {
  identity: 'known' | 'expired';
  bootstrap: string | undefined;
  status: string | undefined;
  /** The name of the set of tables that the stack uses. */
  generation: string | undefined;
  concurrency: number;
  distributions: { id: string; alias: string }[];
  quota: number;
  policies: string[];
  keys: string[];
  certificate: { Status: string; SubjectAlternativeNames: string[] };
  zone: string;
  role: string | undefined;
  /** The identities that SES has verified. */
  senders: string[];
  isInSandbox: boolean;
  /** The action that the caller may not use. */
  denied: string | undefined;
}
const fresh = (): Account => ({
  identity: 'known',
  bootstrap: '29',
  status: undefined,
  generation: undefined,
  concurrency: 1_000,
  distributions: [],
  quota: 500,
  policies: ['another-eu-west-1-Site-Headers'],
  keys: [],
  certificate: { Status: 'ISSUED', SubjectAlternativeNames: names },
  zone: 'example.org.',
  role: undefined,
  senders: ['example.org'],
  isInSandbox: false,
  denied: undefined,
});
let account = fresh();
const asked: string[] = [];

const xml = (name: string, body: string) => `<?xml version="1.0"?><${name}>${body}</${name}>`;
const list = (items: string[]) =>
  `<MaxItems>100</MaxItems><Quantity>${items.length}</Quantity><IsTruncated>false</IsTruncated><Items>${items.join('')}</Items>`;
const failure = (code: string, message: string) =>
  xml('ErrorResponse', `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`);

/** Answers a call, or returns undefined for one that a deployment's check has no business with. */
function answer(action: string, body: string): [status: number, body: string] | undefined {
  const { identity, bootstrap, status, generation, concurrency, distributions, quota, policies, keys, zone, role } =
    account;
  switch (action) {
    case 'GetCallerIdentity':
      return identity === 'expired'
        ? [403, failure('ExpiredToken', 'The security token included in the request is expired')]
        : [
            200,
            xml(
              'GetCallerIdentityResponse',
              '<GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ann</Arn><Account>111122223333</Account></GetCallerIdentityResult>',
            ),
          ];
    case 'DescribeStacks': {
      const stackName = new URLSearchParams(body).get('StackName');
      const found = stackName === 'CDKToolkit' ? bootstrap && 'CREATE_COMPLETE' : status;
      if (!found) return [400, failure('ValidationError', `Stack with id ${stackName} does not exist`)];
      const outputs = {
        ...(stackName === 'CDKToolkit' && { BootstrapVersion: bootstrap }),
        ...(stackName !== 'CDKToolkit' && generation && { Recovery: JSON.stringify({ generation }) }),
      };
      const members = Object.entries(outputs).map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      );
      const output = `<Outputs>${members.join('')}</Outputs>`;
      const stack = `<member><StackName>${stackName}</StackName><StackStatus>${found}</StackStatus>${output}</member>`;
      return [
        200,
        xml('DescribeStacksResponse', `<DescribeStacksResult><Stacks>${stack}</Stacks></DescribeStacksResult>`),
      ];
    }
    case 'GET /2016-08-19/account-settings':
      return [
        200,
        JSON.stringify({
          AccountLimit: { ConcurrentExecutions: concurrency, UnreservedConcurrentExecutions: concurrency },
        }),
      ];
    case 'GET /2020-05-31/distribution':
      return [
        200,
        xml(
          'DistributionList',
          list(
            distributions.map(
              ({ id, alias }) =>
                `<DistributionSummary><Id>${id}</Id><Aliases><Quantity>1</Quantity><Items><CNAME>${alias}</CNAME></Items></Aliases></DistributionSummary>`,
            ),
          ),
        ),
      ];
    case 'GET /2020-05-31/response-headers-policy':
      return [
        200,
        xml(
          'ResponseHeadersPolicyList',
          list(
            policies.map(
              (name) =>
                `<ResponseHeadersPolicySummary><ResponseHeadersPolicy><ResponseHeadersPolicyConfig><Name>${name}</Name></ResponseHeadersPolicyConfig></ResponseHeadersPolicy></ResponseHeadersPolicySummary>`,
            ),
          ),
        ),
      ];
    case 'GET /2020-05-31/origin-access-control':
      return [200, xml('OriginAccessControlList', list([]))];
    case 'GET /2020-05-31/key-group':
      return [200, xml('KeyGroupList', list([]))];
    case 'GET /2020-05-31/public-key':
      return [
        200,
        xml('PublicKeyList', list(keys.map((name) => `<PublicKeySummary><Name>${name}</Name></PublicKeySummary>`))),
      ];
    case 'GetServiceQuota':
      return [200, JSON.stringify({ Quota: { Value: quota } })];
    case 'DescribeCertificate':
      return [200, JSON.stringify({ Certificate: { DomainName: names[0], ...account.certificate } })];
    case 'GET /2013-04-01/hostedzone/Z1':
      return [
        200,
        xml('GetHostedZoneResponse', `<HostedZone><Id>/hostedzone/Z1</Id><Name>${zone}</Name></HostedZone>`),
      ];
    case 'GET /v2/email/account':
      return [200, JSON.stringify({ ProductionAccessEnabled: !account.isInSandbox, SendingEnabled: true })];
    case 'GET /v2/email/identities/hello%40chat.example.org':
    case 'GET /v2/email/identities/chat.example.org':
    case 'GET /v2/email/identities/example.org':
      return account.senders.includes(decodeURIComponent(action.split('/').at(-1) ?? ''))
        ? [200, JSON.stringify({ VerifiedForSendingStatus: true })]
        : [404, JSON.stringify({ __type: 'NotFoundException', message: 'Email identity does not exist' })];
    case 'GET /account':
      return [200, JSON.stringify({ cloudwatchRoleArn: role })];
    default:
      return undefined;
  }
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const path = (request.url ?? '').split('?')[0];
  const action =
    String(request.headers['x-amz-target'] ?? '').split('.')[1] ||
    new URLSearchParams(body).get('Action') ||
    `${request.method} ${path}`;
  asked.push(action);
  const [status, content] =
    action === account.denied
      ? [400, JSON.stringify({ __type: 'AccessDeniedException', message: `You may not call ${action}` })]
      : (answer(action, body) ?? [404, failure('Unexpected', action)]);
  response
    .writeHead(status, { 'content-type': content.startsWith('<') ? 'text/xml' : 'application/json' })
    .end(content);
}

const server = createServer((request, response) => void handle(request, response));
const environment: Record<string, string> = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local-secret',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nowhere',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  environment['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  account = fresh();
  asked.length = 0;
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

const domain = {
  domainName: 'chat.example.org',
  certificateArn: certificate('us-east-1'),
  regionalCertificateArn: certificate('eu-west-1'),
  hostedZoneId: 'Z1',
};

async function findings(context: Record<string, unknown> = {}, change: Partial<Account> = {}, restored = {}) {
  account = { ...account, ...change };
  return preflight((region) => readSettings((key) => context[key], region, restored));
}

test('a prepared account is told so, by calls that only read', async () => {
  const found = await findings(domain);
  expect(found.filter(({ state }) => state === 'bad')).toEqual([]);
  expect(found.map(({ text }) => text).join('\n')).toMatchInlineSnapshot(`
    "You are arn:aws:iam::111122223333:user/ann, and deploy to account 111122223333 in eu-west-1.
    storm-dev is new. The first deploy takes about 10 minutes.
    eu-west-1 is prepared for the CDK (version 29).
    Lambda may run 1000 functions at once in eu-west-1.
    CloudFront has room for 2 more distributions (0 of 500).
    No name of the stack is taken in CloudFront.
    The certificate for chat.example.org and media.chat.example.org in us-east-1 is issued.
    The certificate for api.chat.example.org and socket.chat.example.org in eu-west-1 is issued.
    The hosted zone Z1 is that of example.org."
  `);
  for (const action of asked) expect(action).toMatch(/^(Get|Describe|List|GET )/);
});

test.each<[string, Partial<Account>, Record<string, unknown>, RegExp]>([
  ['no bootstrap', { bootstrap: undefined }, {}, /npx cdk bootstrap/],
  ['an old bootstrap', { bootstrap: '5' }, {}, /too old \(version 5\)/],
  ['a stuck stack', { status: 'UPDATE_ROLLBACK_FAILED' }, {}, /stuck.*runbooks/],
  ['a stack that is being changed', { status: 'UPDATE_IN_PROGRESS' }, {}, /Wait/],
  ['a reservation above the limit', { concurrency: 10 }, { accountsConcurrency: '5' }, /accountsConcurrency=5 can't/],
  ['no room for distributions', { quota: 1 }, {}, /0 of 1 distributions, and 2 are needed/],
  [
    'a policy of an earlier stack',
    { policies: ['storm-dev-eu-west-1-Site-Headers'] },
    {},
    /storm-dev-eu-west-1-Site-Headers/,
  ],
  ['a key of an earlier stack', { keys: ['storm-dev-eu-west-1-MediaSite-PublicKey'] }, {}, /MediaSite-PublicKey/],
  ['a name in use', { distributions: [{ id: 'E1', alias: 'chat.example.org' }] }, domain, /E1 has the name chat/],
  [
    'a certificate that waits',
    { certificate: { Status: 'PENDING_VALIDATION', SubjectAlternativeNames: names } },
    domain,
    /isn't issued/,
  ],
  [
    'a certificate for less',
    { certificate: { Status: 'ISSUED', SubjectAlternativeNames: ['chat.example.org'] } },
    domain,
    /not for media\.chat/,
  ],
  [
    'a certificate for deeper names',
    { certificate: { Status: 'ISSUED', SubjectAlternativeNames: ['*.example.org'] } },
    domain,
    /not for media\.chat/,
  ],
  ['a zone of another domain', { zone: 'example.com.' }, domain, /no place for chat\.example\.org/],
  [
    'a certificate in the wrong region',
    {},
    { ...domain, certificateArn: certificate('eu-west-1') },
    /CloudFront only takes/,
  ],
  [
    'a sender that nobody has verified',
    { senders: [] },
    { mailFrom: 'hello@chat.example.org' },
    /Verify the address, or chat\.example\.org/,
  ],
  ['expired credentials', { identity: 'expired' }, {}, /doesn't accept.*expired/],
])('%s stands in the way', async (_, change, context, message) => {
  const bad = (await findings(context, change)).filter(({ state }) => state === 'bad');
  expect(bad.map(({ text }) => text).join('\n')).toMatch(message);
});

test('API Gateway’s role for logs is asked for where the socket is logged', async () => {
  const settings = { ...readSettings(() => undefined), accessLogs: { http: true, socket: true } };
  const bad = (await preflight(() => settings)).filter(({ state }) => state === 'bad');
  expect(bad.map(({ text }) => text)).toEqual([expect.stringContaining('no role for logs in eu-west-1')]);
  account.role = 'arn:aws:iam::111122223333:role/logs';
  expect((await preflight(() => settings)).filter(({ state }) => state === 'bad')).toEqual([]);
});

test.each([['hello@chat.example.org'], ['chat.example.org'], ['example.org']])(
  'a sender is verified as %s',
  async (sender) => {
    const found = await findings({ mailFrom: 'hello@chat.example.org' }, { senders: [sender] });
    expect(found).toContainEqual({ state: 'good', text: 'SES in eu-west-1 sends mails from hello@chat.example.org.' });
    expect(found.filter(({ text }) => text.includes('sandbox'))).toEqual([]);
  },
);

test('the sandbox of SES is told, and doesn’t stand in the way', async () => {
  const found = await findings({ mailFrom: 'hello@chat.example.org' }, { isInSandbox: true });
  expect(found.filter(({ state }) => state === 'bad')).toEqual([]);
  expect(found).toContainEqual({ state: 'note', text: expect.stringContaining('is in its sandbox') });
});

test('a new account’s few executions are told, and don’t stand in the way', async () => {
  const found = await findings({}, { concurrency: 10 });
  expect(found.filter(({ state }) => state === 'bad')).toEqual([]);
  expect(found).toContainEqual({ state: 'note', text: expect.stringContaining('may run 10 functions') });
});

test('a stack that exists may have its names, and as many distributions as the account may have', async () => {
  const change = { status: 'UPDATE_COMPLETE', quota: 0, policies: ['storm-dev-eu-west-1-Site-Headers'] };
  expect((await findings({}, change)).filter(({ state }) => state === 'bad')).toEqual([]);
});

describe('a stack on restored tables', () => {
  const first = { status: 'UPDATE_COMPLETE', generation: '1' };
  const restoredTo = { status: 'UPDATE_COMPLETE', generation: '20261128204501' };
  const file = (generation: string) => ({ dev: { generation, tables: {} } });

  test.each([
    ['without restored.json', {}],
    ['with that of another stage', { prod: file(restoredTo.generation).dev }],
    ['with an earlier one', file('20261001120000')],
  ])('is not deployed %s', async (_, restored) => {
    const bad = (await findings({}, restoredTo, restored)).filter(({ state }) => state === 'bad');
    expect(bad.map(({ text }) => text)).toEqual([
      expect.stringMatching(/go back from its restored tables \(20261128204501\).*restored\.json/),
    ]);
  });

  test('is deployed with the same or a newer set of tables, and so is one that was never restored', async () => {
    for (const [now, restored] of [
      [restoredTo, file(restoredTo.generation)],
      [restoredTo, file('20261201120000')],
      [first, file(restoredTo.generation)],
      [first, {}],
    ] as const)
      expect((await findings({}, now, restored)).filter(({ state }) => state === 'bad')).toEqual([]);
  });
});

test('what may not be asked is told as not known', async () => {
  const found = await findings({}, { denied: 'GetServiceQuota' });
  expect(found).toContainEqual({
    state: 'note',
    text: expect.stringMatching(/isn't known whether CloudFront has room.*GetServiceQuota/),
  });
});

/** Runs the program with an environment and no configuration of AWS, and returns its exit code and what it says. */
function run(args: readonly string[], env: Record<string, string>): Promise<{ code: unknown; output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; output: string }>();
  const nowhere = {
    AWS_CONFIG_FILE: '/nowhere',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const options = { env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', ...nowhere, ...env } };
  execFile(process.execPath, ['bin/preflight.ts', ...args], options, (error, stdout, stderr) =>
    resolve({ code: error?.code ?? 0, output: stdout + stderr }),
  );
  return promise;
}

test('the program says by its exit code whether something stands in the way', async () => {
  expect(await run(['-c', 'stage=dev-ann'], environment)).toEqual({
    code: 0,
    output: expect.stringContaining('Nothing stands in the way of: npx cdk deploy -c stage=dev-ann'),
  });
  account.bootstrap = undefined;
  expect(await run([], environment)).toEqual({
    code: 1,
    output: expect.stringContaining('One thing stands in the way'),
  });
});

test('without credentials or a region the program says so', async () => {
  expect(await run([], {})).toEqual({ code: 1, output: expect.stringContaining('There is no region.') });
  expect(await run([], { AWS_REGION: 'eu-west-1' })).toEqual({
    code: 1,
    output: expect.stringContaining('There are no AWS credentials, so nothing can be checked.'),
  });
});
