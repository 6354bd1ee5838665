import { hash } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';
import type { Access } from '../access/credentials.ts';
import { sign } from '../access/signature.ts';
import { ServiceError } from './error.ts';
import { type ServiceName, serviceOfTarget, services } from './names.ts';

/** Whoever calls services knows where they are, and signs. The world is one. */
export interface Caller extends Access {
  endpoint(service: ServiceName): Promise<string>;
}

const agent = new Agent({ keepAlive: true });

/**
 * Calls an operation of a service with AWS's JSON protocol, such as `DynamoDB_20120810.CreateTable`. Throws `ServiceError`. The stack
 * needs a dozen operations of four services. Their SDK clients would take 30 MB of memory, and would convert stream records
 * from the form that functions get.
 */
export async function callService(caller: Caller, target: string, input: unknown, signal?: AbortSignal) {
  const name = serviceOfTarget(target.split('.')[0] ?? '');
  if (!name) throw new Error(`No service has the operation ${target}.`);
  const url = new URL(await caller.endpoint(name));
  const body = JSON.stringify(input);
  const headers = { host: url.host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
  const unsigned = { method: 'POST', path: url.pathname, query: url.searchParams, headers };
  const signed = sign(unsigned, caller, services[name].signing, hash('sha256', body), Date.now());
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    // Not `fetch`: it refuses the ports that dynoxide listens on.
    const options = { method: 'POST', agent, headers: { ...signed, 'content-length': Buffer.byteLength(body) } };
    request(url, { ...options, ...(signal && { signal }) }, resolve)
      .once('error', reject)
      .end(body);
  });
  const result: unknown = await json(answer);
  if (answer.statusCode === 200) return result;
  const error = errorBody.parse(result);
  throw new ServiceError(error.__type.replace(/^.*#/, ''), error.message ?? error.Message ?? '');
}

const text = z.optional(z.string());
const errorBody = z.object({ __type: z.string(), message: text, Message: text });
