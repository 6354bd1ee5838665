import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { awsHost } from '../access/aws-host.ts';
import { functionInUri } from '../functions/name.ts';
import { Flag, parsedJson, parseProperties } from '../parse.ts';
import { signatureError } from '../services/signed.ts';
import { type Properties, StackError, type World } from '../types.ts';
import { type IdentitySource, identitySource } from '../websocket-api/identity-source.ts';
import { allows, policyDocument } from '../websocket-api/policy.ts';
import type { RequestFacts } from './event.ts';
import { toFormat1 } from './format-1.ts';
import { internalServerError, jsonReply, type Reply } from './result.ts';

/** What a function gets of an authorizer, in each of the formats of events. */
export interface Authorized {
  readonly format1: object;
  readonly format2: object;
}

type Event = APIGatewayProxyEventV2;

/** A request as it came. */
type Received = Pick<RequestFacts, 'request' | 'body'>;

/** Decides whether a request goes on. */
export type Authorizer = (event: Event, scopes: readonly string[], received: Received) => Promise<Authorized | Reply>;

const unauthorized = jsonReply(401, { message: 'Unauthorized' });
const forbidden = jsonReply(403, { message: 'Forbidden' });

const Jwt = z.object({ Audience: z._default(z.array(z.string()), []), Issuer: z.string() });
const AuthorizerProperties = z.object({
  AuthorizerType: z.enum(['JWT', 'REQUEST']),
  AuthorizerUri: z._default(z.string(), ''),
  AuthorizerPayloadFormatVersion: z._default(z.enum(['1.0', '2.0']), '2.0'),
  EnableSimpleResponses: z._default(Flag, false),
  IdentitySource: z._default(z.array(z.string()), []),
  JwtConfiguration: z.optional(Jwt),
});

/** Lets in who signs with the access key ("Control access to Lambda function URLs", `AWS_IAM`). */
export const iamAuthorizer =
  (world: World): Authorizer =>
  async (_, __, { request, body }) => {
    if (signatureError(request, body, world, 'lambda')) return forbidden;
    const { account, credentials } = world;
    const userArn = `arn:aws:iam::${account}:root`;
    const iam = { accessKey: credentials.accessKeyId, accountId: account, callerId: account, userArn, userId: account };
    return { format1: iam, format2: { iam } };
  };

export function createAuthorizer(properties: Properties, world: World): Authorizer {
  const given = parseProperties(AuthorizerProperties, properties);
  const sources = given.IdentitySource.map((expression) => identitySource(expression, 'HTTP'));
  if (given.AuthorizerType === 'JWT') {
    if (!given.JwtConfiguration) throw new StackError('JwtConfiguration: a JWT authorizer needs it.');
    return jwtAuthorizer(given.JwtConfiguration, sources[0] ?? (() => undefined), world);
  }
  return lambdaAuthorizer(given, sources, world);
}

const context = z._default(z.record(z.string(), z.unknown()), {});
const simple = z.object({ isAuthorized: z.boolean(), context });
const byPolicy = z.object({ principalId: z.string(), policyDocument, context });

type Given = z.output<typeof AuthorizerProperties>;

/** "Control access to HTTP APIs with AWS Lambda authorizers". Results aren't kept, whatever its time to live. */
function lambdaAuthorizer(given: Given, sources: readonly IdentitySource[], world: World): Authorizer {
  const functionArn = functionInUri(given.AuthorizerUri);
  const isFormat1 = given.AuthorizerPayloadFormatVersion === '1.0';

  return async (event) => {
    const identity = sources.map((source) => source(event));
    if (identity.some((value) => !value)) return unauthorized;
    const { apiId, stage, http } = event.requestContext;
    const arn = `arn:aws:execute-api:${world.region}:${world.account}:${apiId}/${stage}/${http.method}${http.path.replace(`/${stage}/`, '/')}`;
    const { body: _, isBase64Encoded: __, ...request } = isFormat1 ? toFormat1(event) : event;
    const about = isFormat1
      ? { methodArn: arn, identitySource: identity.join(','), authorizationToken: identity.join(',') }
      : { routeArn: arn, identitySource: identity };
    const asked = { ...request, type: 'REQUEST', ...about };
    const { functionError, payload } = await world.functions.invoke(functionArn, asked);
    if (functionError) return internalServerError;
    const answer = given.EnableSimpleResponses ? simple.safeParse(payload) : byPolicy.safeParse(payload);
    if (!answer.success) {
      world.log.warn(`The answer of the authorizer ${functionArn} is malformed: ${z.prettifyError(answer.error)}`);
      return internalServerError;
    }
    const { context } = answer.data;
    if ('isAuthorized' in answer.data) {
      return answer.data.isAuthorized ? { format1: context, format2: { lambda: context } } : forbidden;
    }
    if (!allows(answer.data.policyDocument, arn)) return forbidden;
    const { principalId } = answer.data;
    return { format1: { ...context, principalId }, format2: { lambda: context } };
  };
}

const header = z.object({ alg: z.enum(['RS256', 'RS384', 'RS512']), kid: z.optional(z.string()) });
const claimsShape = z.looseObject({
  iss: z.string(),
  exp: z.number(),
  nbf: z.optional(z.number()),
  aud: z.optional(z.union([z.string(), z.array(z.string())])),
  client_id: z.optional(z.string()),
  scope: z._default(z.string(), ''),
});
const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.optional(z.string()), kty: z.string() })) });
const discovery = z.object({ jwks_uri: z.string() });

/**
 * "Control access to HTTP APIs with JWT authorizers in API Gateway". The keys are asked of the issuer, once, unless it is one of AWS: nothing
 * is sent there.
 */
function jwtAuthorizer({ Audience, Issuer }: z.infer<typeof Jwt>, source: IdentitySource, world: World): Authorizer {
  let keys: Promise<Map<string | undefined, KeyObject>> | undefined;

  async function askKeys() {
    const issuer = world.localize(Issuer).replace(/\/$/, '');
    if (awsHost.test(new URL(issuer).host)) throw new Error(`${Issuer} is one of AWS, and nothing is sent there.`);
    const { jwks_uri } = discovery.parse(await (await fetch(`${issuer}/.well-known/openid-configuration`)).json());
    const set = keySet.parse(await (await fetch(world.localize(jwks_uri))).json());
    return new Map(set.keys.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]));
  }

  async function claimsOf(token: string): Promise<z.infer<typeof claimsShape> | undefined> {
    const [head = '', body = '', signature = ''] = token.split('.');
    const { data: about } = header.safeParse(json(head));
    const { data: claims } = claimsShape.safeParse(json(body));
    if (!about || !claims) return undefined;
    keys ??= askKeys();
    keys.catch(() => {
      keys = undefined;
    });
    const key = (await keys).get(about.kid);
    const hash = about.alg.replace('RS', 'sha');
    if (!key || !verify(hash, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
      return undefined;
    const now = Date.now() / 1000;
    const isMeant =
      Audience.length === 0 || [claims.aud ?? claims.client_id ?? []].flat().some((each) => Audience.includes(each));
    const isInTime = claims.exp > now && (claims.nbf ?? 0) <= now;
    return claims.iss === Issuer && isMeant && isInTime ? claims : undefined;
  }

  return async (event, scopes) => {
    const token = source(event)?.replace(/^Bearer\s+/i, '');
    const claims = token ? await claimsOf(token) : undefined;
    if (!claims) return { ...unauthorized, headers: { ...unauthorized.headers, 'www-authenticate': 'Bearer' } };
    const granted = claims.scope.split(' ').filter(Boolean);
    if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) return forbidden;
    const texts = Object.fromEntries(Object.entries(claims).map(asText));
    const jwt = { claims: texts, scopes: scopes.length > 0 ? granted : null };
    return { format1: jwt, format2: { jwt } };
  };
}

/** Functions get all claims as texts. */
const asText = ([name, value]: [string, unknown]) =>
  [name, Array.isArray(value) ? `[${value.join(' ')}]` : String(value)] as const;

const json = (part: string) => parsedJson(Buffer.from(part, 'base64url').toString());
