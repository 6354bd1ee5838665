import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { fullJitter } from '#core/backoff.ts';
import { type Access, environmentCredentials, environmentRegion } from './environment.ts';
import { AwsError } from './error.ts';
import type { Answer } from './http-connection.ts';
import { createPool } from './pool.ts';
import { createRetryQuota, passingOf, retries, waits } from './retries.ts';
import { createSigner } from './signer.ts';

/** The services that speak AWS's JSON protocol over HTTP, and how their clients address them ("AWS JSON 1.0 protocol", Smithy). */
const services = {
  dynamodb: { variable: 'DYNAMODB', target: 'DynamoDB_20120810', version: '1.0' },
  sqs: { variable: 'SQS', target: 'AmazonSQS', version: '1.0' },
  secretsmanager: { variable: 'SECRETS_MANAGER', target: 'secretsmanager', version: '1.1' },
} as const;

/** Calls an operation with JSON, and returns what the service answers. Rejects with an `AwsError`. */
export type JsonClient = (operation: string, input: object) => Promise<ReturnType<typeof JSON.parse>>;

const maxTries = 4;
const tryMs = 3_000;
/** The SDK's clients have as many connections. */
const connections = 50;
/** How far the clock may be off before requests are signed with the service's, in ms. A signature is valid for 5 minutes. */
const tolerableSkewMs = 4 * 60_000;

/** Errors of a signature whose time is wrong, among other faults. */
const clockErrors = new Set([
  'AccessDeniedException',
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
]);

/**
 * Creates a client of a service, which takes a fraction of the CPU and of the code of the SDK's (decision 0142).
 *
 * A call is tried 4 times at most, each for 3 seconds, with the SDK's rules of what is repeated and when. One that got no answer may
 * have been carried out, so what is called has to bear being repeated.
 */
export function createJsonClient(service: keyof typeof services, access: Access = {}): JsonClient {
  const { variable, target, version } = services[service];
  const {
    region = environmentRegion(),
    endpoint = endpointOf(variable),
    credentials = environmentCredentials,
  } = access;
  const url = new URL(endpoint ?? `https://${service}.${region}.${domainOf(region)}`);
  const sign = createSigner({ host: url.host, region, service });
  const pool = createPool(url, connections);
  const quota = createRetryQuota();
  let skewMs = 0;

  async function attempt(operation: string, body: Uint8Array) {
    const headers = { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${operation}` };
    const signedSkewMs = skewMs;
    const now = new Date(Date.now() + signedSkewMs);
    const signed = sign({ method: 'POST', headers, body }, credentials(), now)(url.pathname);
    const answer = await pool.request({ method: 'POST', path: url.pathname, headers: signed, body }, tryMs);
    skewMs = skewOf(answer) ?? skewMs;
    if (isIntact(answer) && answer.status >= 200 && answer.status < 300) return { text: answer.body.toString() };
    const error = errorOf(operation, answer);
    const corrected = clockErrors.has(error.name) && Math.abs(skewMs - signedSkewMs) >= tolerableSkewMs;
    const passing = corrected ? 'transient' : passingOf(error.status, error.name);
    return { error, passing, stale: answer.stale ?? false };
  }

  return async (operation, input) => {
    const body = Buffer.from(JSON.stringify(input));
    let taken: number | undefined;
    for (let tries = 1; ; tries++) {
      const outcome = await attempt(operation, body);
      if (outcome.text !== undefined) {
        quota.giveBack(taken);
        return JSON.parse(outcome.text);
      }
      const { error, passing, stale } = outcome;
      if (passing === undefined || tries === maxTries) throw error;
      // A connection that was closed meanwhile says nothing about the service.
      if (!stale) {
        taken = quota.take(passing);
        if (taken === undefined) throw error;
        await sleep(fullJitter(Math.random, waits[passing], tries));
      }
      retries.publish(undefined);
    }
  };
}

function endpointOf(variable: string): string | undefined {
  return process.env[`AWS_ENDPOINT_URL_${variable}`] || process.env['AWS_ENDPOINT_URL'] || undefined;
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** How far the service's clock is ahead of this one, in ms, and 0 if that doesn't matter. An answer with an age is a cached one. */
function skewOf({ header }: Answer): number | undefined {
  const date = Date.parse(header('date') ?? '');
  if (Number.isNaN(date) || header('age') !== undefined) return undefined;
  const skewMs = date - Date.now();
  return Math.abs(skewMs) >= tolerableSkewMs ? skewMs : 0;
}

/** Whether an answer is as the service sent it. DynamoDB sends a checksum with each ("DynamoDB low-level API"). */
function isIntact({ complete, body, header }: Answer): boolean {
  const checksum = header('x-amz-crc32');
  return complete && (checksum === undefined || Number(checksum) === crc32(body));
}

function errorOf(operation: string, answer: Answer): AwsError {
  if (!isIntact(answer)) {
    const reason = answer.status === 0 ? answer.reason : 'the answer was torn';
    return new AwsError('NoAnswer', `${operation}: ${reason}`, 0);
  }
  const text = answer.body.toString();
  const { __type, message, Message } = parsed(text);
  const type = String(answer.header('x-amzn-errortype') ?? __type ?? 'UnknownError');
  // A type may have a namespace before `#`, and an address after `:`.
  const name = type.replace(/^.*#|:.*$/g, '');
  return new AwsError(name, String(message ?? Message ?? `${operation}: ${answer.reason}`), answer.status, text);
}

/** The object of an answer. One that doesn't come from the service itself may be no JSON. */
function parsed(text: string): { __type?: unknown; message?: unknown; Message?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
