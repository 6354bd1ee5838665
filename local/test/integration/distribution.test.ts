import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDistributions, type Distributions } from '../../distribution/index.ts';
import { handlers as serviceHandlers, startService } from '../../services/index.ts';
import { type Properties, StackError } from '../../types.ts';
import { credentials, type TestWorld, testWorld } from '../helpers/world.ts';

/** The world of the bucket outlives that of a test. */
let storage: TestWorld;
let bucketDomain: string;
let apiUrl: string;

let world: TestWorld;
let distributions: Distributions;
/** The requests that the API behind the distribution got. */
const requests: { request: IncomingMessage; body: string }[] = [];

const api = createServer(async (incoming, response) => {
  requests.push({ request: incoming, body: await text(incoming) });
  const status = Number(/^\/api\/status-(\d+)/.exec(incoming.url ?? '')?.[1] ?? 200);
  response.writeHead(status, {
    'x-frame-options': 'SAMEORIGIN',
    'x-powered-by': 'api',
  });
  response.end('from the api');
});

beforeAll(async () => {
  storage = testWorld({ startService });
  const type = 'AWS::S3::Bucket';
  const buckets = serviceHandlers.find(({ types }) => types.includes(type));
  const resource = { stack: 'S', logicalId: 'Site', type, properties: { BucketName: 'site' } };
  const created = await buckets?.create(resource, storage);
  bucketDomain = String(created?.attributes?.['RegionalDomainName']);
  const endpoint = await storage.endpoint('S3');
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  const files = { 'index.html': 'home', 'a b.txt': 'spaced', 'app/main.js': '0123456789', 'error.html': 'sorry' };
  for (const [Key, Body] of Object.entries(files)) {
    const ContentType = Key.endsWith('.html') ? 'text/html' : 'text/javascript';
    await s3.send(new PutObjectCommand({ Bucket: 'site', Key, Body, ContentType, CacheControl: 'max-age=60' }));
  }
  s3.destroy();
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const address = api.address();
  apiUrl = `http://localhost:${typeof address === 'object' && address?.port}`;
});

afterAll(async () => {
  api.close();
  await storage[Symbol.asyncDispose]();
});

beforeEach(async () => {
  requests.length = 0;
  world = testWorld();
  world.serveAt('https://api.example', apiUrl);
  world.serveAt(`https://${bucketDomain}`, storage.localize(`https://${bucketDomain}`));
  distributions = await createDistributions(0, world, []);
});

afterEach(() => world[Symbol.asyncDispose]());

function create(type: string, properties: Properties, logicalId = 'Front') {
  const handler = distributions.handlers.find(({ types }) => types.includes(type));
  if (!handler) throw new Error(`no handler for ${type}`);
  return handler.create({ stack: 'S', logicalId, type, properties }, world);
}

async function distribute(parts: Parameters<typeof addDistribution>[0] = {}, logicalId = 'Front') {
  const created = await addDistribution(parts, logicalId);
  distributions.open({});
  return created;
}

function addDistribution({ config = {}, behavior = {}, apiBehavior = {} } = {}, logicalId = 'Front') {
  const DistributionConfig = {
    Enabled: true,
    DefaultRootObject: 'index.html',
    Origins: [
      { Id: 'site', DomainName: bucketDomain, S3OriginConfig: {}, OriginAccessControlId: 'oac' },
      {
        Id: 'api',
        DomainName: 'api.example',
        CustomOriginConfig: {},
        OriginCustomHeaders: [{ HeaderName: 'X-Secret', HeaderValue: 's' }],
      },
    ],
    DefaultCacheBehavior: { TargetOriginId: 'site', ViewerProtocolPolicy: 'redirect-to-https', ...behavior },
    CacheBehaviors: [
      {
        PathPattern: '/api/*',
        TargetOriginId: 'api',
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        ...apiBehavior,
      },
    ],
    ...config,
  };
  return create('AWS::CloudFront::Distribution', { DistributionConfig }, logicalId);
}

const get = (path: string, init?: RequestInit) => fetch(distributions.url + path, init);

it('warns of a name of its own, which it is not served at', async () => {
  await distribute({ config: { Aliases: ['chat.example.org'] } });
  expect(world.warnings).toEqual([expect.stringContaining('chat.example.org')]);
});

describe('a bucket behind a distribution', () => {
  it('gives its objects with their headers, the root object for /', async () => {
    await distribute();
    const response = await get('/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(response.headers.get('cache-control')).toBe('max-age=60');
    expect(await response.text()).toBe('home');
    expect(await (await get('/a%20b.txt?v=1')).text()).toBe('spaced');
  });

  it('answers conditional and range requests', async () => {
    await distribute();
    const etag = (await get('/app/main.js')).headers.get('etag') ?? '';
    expect((await get('/app/main.js', { headers: { 'if-none-match': etag } })).status).toBe(304);
    const part = await get('/app/main.js', { headers: { range: 'bytes=2-4' } });
    expect({ status: part.status, body: await part.text() }).toEqual({ status: 206, body: '234' });
  });

  // AWS: "Restrict access to an Amazon S3 origin": without s3:ListBucket a missing object is 403.
  it('denies an object that is not there, as S3 does to an origin access control', async () => {
    await distribute();
    expect((await get('/nothing')).status).toBe(403);
  });

  // AWS: "Generate custom error responses" (CloudFront).
  it('shows an error page with a status of its own', async () => {
    await distribute({
      config: { CustomErrorResponses: [{ ErrorCode: 403, ResponseCode: 404, ResponsePagePath: '/error.html' }] },
    });
    const response = await get('/nothing');
    expect({ status: response.status, body: await response.text() }).toEqual({ status: 404, body: 'sorry' });
  });

  it('takes no other methods than GET and HEAD', async () => {
    await distribute();
    expect((await get('/index.html', { method: 'PUT', body: 'x' })).status).toBe(403);
    expect((await get('/index.html', { method: 'HEAD' })).status).toBe(200);
  });
});

describe('an API behind a distribution', () => {
  it('gets requests of its path pattern whole, with what CloudFront adds', async () => {
    await distribute();
    const response = await get('/api/x%20y?a=1', {
      method: 'POST',
      body: 'hello',
      headers: { authorization: 'Bearer t', cookie: 'c=1', 'x-forwarded-for': '9.9.9.9' },
    });
    expect(await response.text()).toBe('from the api');
    expect(requests[0]?.body).toBe('hello');
    expect(requests[0]?.request).toMatchObject({ method: 'POST', url: '/api/x%20y?a=1' });
    expect(requests[0]?.request.headers).toMatchObject({
      host: 'api.example',
      authorization: 'Bearer t',
      cookie: 'c=1',
      'x-secret': 's',
      'x-forwarded-for': expect.stringMatching(/^9\.9\.9\.9, (127\.0\.0\.1|::1)$/),
    });
    expect(requests[0]?.request.headers).not.toHaveProperty('cloudfront-viewer-address');
  });

  // AWS: "Control origin requests with a policy", "Understand cache policies" (CloudFront).
  it('gets no headers, cookies or parameters that no policy names', async () => {
    const CachePolicyId = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
    await distribute({ apiBehavior: { CachePolicyId, OriginRequestPolicyId: undefined } });
    await get('/api/x?a=1', { headers: { authorization: 'Bearer t', cookie: 'c=1' } });
    expect(requests[0]?.request.url).toBe('/api/x');
    expect(Object.keys(requests[0]?.request.headers ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(authorization|cookie|user-agent)$/)]),
    );
  });

  it('gets what the policies of the stack name', async () => {
    const parameters = (headers: string[], cookies: string[], query: string[]) => ({
      HeadersConfig: { HeaderBehavior: 'whitelist', Headers: headers },
      CookiesConfig: { CookieBehavior: 'whitelist', Cookies: cookies },
      QueryStringsConfig: { QueryStringBehavior: 'allExcept', QueryStrings: query },
    });
    const cachePolicy = { ParametersInCacheKeyAndForwardedToOrigin: parameters(['X-One'], ['c'], ['secret']) };
    const { ref: CachePolicyId } = await create(
      'AWS::CloudFront::CachePolicy',
      { CachePolicyConfig: cachePolicy },
      'C',
    );
    const { ref: OriginRequestPolicyId } = await create(
      'AWS::CloudFront::OriginRequestPolicy',
      { OriginRequestPolicyConfig: parameters(['CloudFront-Viewer-Address'], [], ['a', 'secret']) },
      'O',
    );
    await distribute({ apiBehavior: { CachePolicyId, OriginRequestPolicyId } });
    await get('/api/x?a=%31&secret=2', { headers: { 'x-one': '1', 'x-two': '2', cookie: 'b=1; c=2' } });
    expect(requests[0]?.request.url).toBe('/api/x?a=%31');
    const { headers } = requests[0]?.request ?? {};
    expect(headers).toMatchObject({
      'x-one': '1',
      cookie: 'c=2',
      'cloudfront-viewer-address': expect.stringMatching(/:\d+$/),
    });
    expect(headers).not.toHaveProperty('x-two');
  });

  it('passes its status on', async () => {
    await distribute();
    expect((await get('/api/status-418')).status).toBe(418);
  });

  // AWS: "How CloudFront processes and caches HTTP 4xx and 5xx status codes from your origin".
  it.for([404, 405, 414, 500, 503])('that answers %s has that kept for all who ask for the path', async (status) => {
    await distribute();
    expect((await get(`/api/status-${status}?a=1`, { headers: { authorization: 'Bearer mine' } })).status).toBe(status);
    const other = await get(`/api/status-${status}?a=2`, { headers: { authorization: 'Bearer yours' } });
    expect({ status: other.status, body: await other.text() }).toEqual({ status, body: 'from the api' });
    expect(requests).toHaveLength(1);
  });

  it.for([200, 400, 401, 403, 409, 429])('that answers %s is asked each time', async (status) => {
    await distribute();
    for (let i = 0; i < 2; i++) expect((await get(`/api/status-${status}`)).status).toBe(status);
    expect(requests).toHaveLength(2);
  });

  it('is asked each time where errors are to be kept for no time, and where something is to be changed', async () => {
    await distribute({ config: { CustomErrorResponses: [{ ErrorCode: 404, ErrorCachingMinTTL: 0 }] } });
    for (let i = 0; i < 2; i++) await get('/api/status-404');
    for (let i = 0; i < 2; i++) await get('/api/status-500', { method: 'POST' });
    expect(requests).toHaveLength(4);
  });

  it('that is out of reach is 502', async () => {
    world.serveAt('https://dead.example', 'http://localhost:1');
    const Origins = [{ Id: 'site', DomainName: 'dead.example', CustomOriginConfig: {} }];
    await distribute({ config: { Origins, CacheBehaviors: [] } });
    expect((await get('/')).status).toBe(502);
  });
});

// AWS: "Understand response headers policies" (CloudFront).
describe('a response headers policy', () => {
  async function policy(config: Properties) {
    const { ref } = await create(
      'AWS::CloudFront::ResponseHeadersPolicy',
      { ResponseHeadersPolicyConfig: { Name: 'p', ...config } },
      'Policy',
    );
    return ref;
  }

  it('sets security headers, with local addresses', async () => {
    const ResponseHeadersPolicyId = await policy({
      SecurityHeadersConfig: {
        ContentSecurityPolicy: { ContentSecurityPolicy: 'connect-src https://api.example', Override: true },
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY', Override: true },
        ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
        XSSProtection: { Protection: true, ModeBlock: true, Override: true },
      },
      CustomHeadersConfig: { Items: [{ Header: 'X-Own', Value: '1', Override: true }] },
    });
    await distribute({ behavior: { ResponseHeadersPolicyId } });
    expect(Object.fromEntries((await get('/')).headers)).toMatchObject({
      'content-security-policy': `connect-src ${world.localize('https://api.example')}`,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=60; includeSubDomains',
      'x-xss-protection': '1; mode=block',
      'x-own': '1',
    });
  });

  const both = 'ETag, Content-Range';
  it.each([
    ['*', 'https://any.example', ['*', both]],
    ['https://a.example', 'https://a.example', ['https://a.example', both]],
    ['https://a.example', 'https://b.example', [null, null]],
    ['*', undefined, [null, null]],
  ])('lets pages of %s read: a request of %s', async (allowed, origin, expected) => {
    const ResponseHeadersPolicyId = await policy({
      CorsConfig: {
        AccessControlAllowCredentials: false,
        AccessControlAllowHeaders: { Items: ['*'] },
        AccessControlAllowMethods: { Items: ['GET'] },
        AccessControlAllowOrigins: { Items: [allowed] },
        AccessControlExposeHeaders: { Items: ['ETag', 'Content-Range'] },
        OriginOverride: true,
      },
    });
    // The first one is that of the page, which is closed to others.
    await distribute();
    const { attributes } = await distribute({ behavior: { ResponseHeadersPolicyId } }, 'Files');
    const url = world.localize(`https://${attributes?.['DomainName']}/`);
    const { status, headers } = await fetch(url, { headers: origin === undefined ? {} : { origin } });
    expect(status).toBe(origin === undefined || expected[0] !== null ? 200 : 403);
    expect(['allow-origin', 'expose-headers'].map((name) => headers.get(`access-control-${name}`))).toEqual(expected);
  });

  it('leaves what the origin said unless it overrides it, and removes headers', async () => {
    const ResponseHeadersPolicyId = await policy({
      SecurityHeadersConfig: { FrameOptions: { FrameOption: 'DENY', Override: false } },
      RemoveHeadersConfig: { Items: [{ Header: 'X-Powered-By' }] },
    });
    await distribute({ apiBehavior: { ResponseHeadersPolicyId } });
    const { headers } = await get('/api/x');
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.has('x-powered-by')).toBe(false);
  });
});

describe('distributions', () => {
  it('have the port of the stack, and further ones a port of their own', async () => {
    const first = await distribute();
    const second = await distribute({ config: { DefaultRootObject: 'error.html' } }, 'Second');
    const [a, b] = [first, second].map((each) => world.localize(`https://${each.attributes?.['DomainName']}`));
    expect(a).toBe(distributions.url);
    expect(await (await fetch(b ?? '')).text()).toBe('sorry');
  });

  it('are refused with an origin that is elsewhere, with policies that are not known, or with functions of CloudFront', async () => {
    const elsewhere = [{ Id: 'site', DomainName: 'elsewhere.example', CustomOriginConfig: {} }];
    await expect(distribute({ config: { Origins: elsewhere } })).rejects.toBeInstanceOf(StackError);
    await expect(distribute({ behavior: { ResponseHeadersPolicyId: 'managed' } })).rejects.toBeInstanceOf(StackError);
    await expect(distribute({ behavior: { CachePolicyId: 'managed' } })).rejects.toBeInstanceOf(StackError);
    const FunctionAssociations = [{ EventType: 'viewer-request', FunctionARN: 'arn' }];
    await expect(distribute({ behavior: { FunctionAssociations } })).rejects.toBeInstanceOf(StackError);
  });

  it('are closed to visitors until the whole stack is ready', async () => {
    await addDistribution();
    expect((await get('/')).status).toBe(503);
    distributions.open({});
    expect((await get('/')).status).toBe(200);
  });

  it('send a browser that comes under another name to the one that the app knows', async () => {
    await distribute();
    const elsewhere = distributions.url.replace('localhost', '127.0.0.1');
    // `fetch` doesn't let this header be set.
    const navigation = request(`${elsewhere}/page?a=1`, { headers: { 'sec-fetch-mode': 'navigate' } }).end();
    const [{ statusCode, headers }] = await once(navigation, 'response');
    expect([statusCode, headers.location]).toEqual([307, `${distributions.url}/page?a=1`]);
    expect((await fetch(elsewhere)).status).toBe(200);
  });

  it('are refused on a port that is in use', async () => {
    const port = Number(new URL(distributions.url).port);
    await expect(createDistributions(port, world, [])).rejects.toThrow(`Port ${port} is in use`);
  });
});

describe('an app without a distribution', () => {
  it('shows its outputs as a page and as /config.json', async () => {
    distributions.open({ S: { Url: 'http://localhost:1/<x>' } });
    expect(await (await get('/config.json')).json()).toEqual({ Url: 'http://localhost:1/<x>' });
    expect(await (await get('/')).text()).toContain('http://localhost:1/&#60;x&#62;');
    expect((await get('/other')).status).toBe(404);
  });
});

it('connections are closed when the stack stops', async () => {
  await distribute();
  const { url } = distributions;
  await get('/');
  await world.stop();
  const outgoing = request(url);
  outgoing.end();
  await expect(once(outgoing, 'response')).rejects.toThrow(/ECONNREFUSED/);
});
