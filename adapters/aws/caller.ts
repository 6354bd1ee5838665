import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { fullJitter } from '#core/backoff.ts';
import { type Access, environmentCredentials, environmentRegion } from './environment.ts';
import { AwsError } from './error.ts';
import type { Answer } from './http-connection.ts';
import { createPool } from './pool.ts';
import { createRetryQuota, passingOf, retries, waits } from './retries.ts';
import { type Content, createSigner } from './signer.ts';

const maxTries = 4;
/** A server that is only slow carries out what was given up, too, perhaps after its repetition: so this is far above any usual time. */
const tryMs = 5_000;
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
 * Creates a function that sends requests to a service and returns the bodies of its answers. It takes a fraction of the CPU and of the
 * code of the SDK (decision 0142). It rejects with an `AwsError`. `path` is percent-encoded.
 *
 * A request is tried 4 times at most, each for 5 seconds, with the SDK's rules of what is repeated and when. One that got no answer may
 * have been carried out, so what is asked for has to bear being repeated.
 */
export function createCaller(service: string, access: Access & { readonly endpoint: string }) {
  const { endpoint, region = environmentRegion(), credentials = environmentCredentials } = access;
  const url = new URL(endpoint);
  const prefix = url.pathname.replace(/\/$/, '');
  const sign = createSigner({ host: url.host, region, service });
  const pool = createPool(url, connections);
  const quota = createRetryQuota();
  let skewMs = 0;

  async function attempt(path: string, content: Content) {
    const signedSkewMs = skewMs;
    const headers = sign(content, credentials(), new Date(Date.now() + signedSkewMs))(path);
    const answer = await pool.request({ ...content, path, headers }, tryMs);
    skewMs = skewOf(answer) ?? skewMs;
    if (isIntact(answer) && answer.status >= 200 && answer.status < 300) return { text: answer.body.toString() };
    const error = errorOf(answer);
    const corrected = clockErrors.has(error.name) && Math.abs(skewMs - signedSkewMs) >= tolerableSkewMs;
    return { error, passing: corrected ? 'transient' : passingOf(error), stale: answer.stale ?? false } as const;
  }

  return async (path: string, content: Content): Promise<string> => {
    let taken: number | undefined;
    for (let tries = 1; ; tries++) {
      const outcome = await attempt(prefix + path, content);
      if (outcome.text !== undefined) {
        quota.giveBack(taken);
        return outcome.text;
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

function errorOf(answer: Answer): AwsError {
  if (!isIntact(answer))
    return new AwsError('NoAnswer', answer.status === 0 ? answer.reason : 'The answer was torn', 0);
  const text = answer.body.toString();
  const { __type, message, Message } = parsed(text);
  const type = String(answer.header('x-amzn-errortype') ?? __type ?? codeInXml(text) ?? 'UnknownError');
  // A type may have a namespace before `#`, and an address after `:`.
  const name = type.replace(/^.*#|:.*$/g, '');
  return new AwsError(name, String(message ?? Message ?? answer.reason), answer.status, text);
}

/** The code of an error of S3, which answers in XML ("Error responses" of its API reference). */
function codeInXml(text: string): string | undefined {
  return /<Code>([^<]+)<\/Code>/.exec(text)?.[1];
}

/** The object of an answer. One that doesn't come from the service itself may be no JSON. */
function parsed(text: string): { __type?: unknown; message?: unknown; Message?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
