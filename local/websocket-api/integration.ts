import * as z from 'zod/mini';
import { functionInUri } from '../functions/name.ts';
import type { World } from '../types.ts';
import type { RequestContext } from './events.ts';
import type { LambdaProxyProperties } from './properties.ts';
import { withTimeout } from './with-timeout.ts';

/** The answer of a backend. */
export interface IntegrationResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A failure of an integration. During the upgrade the gateway answers with the status, and later with a frame that has the message. */
export interface GatewayFailure {
  readonly status: number;
  readonly message: string;
}

export interface GatewayEvent {
  readonly requestContext: RequestContext;
}

/** Passes an event to a backend. It never rejects. */
export type Integration = (event: GatewayEvent) => Promise<IntegrationResponse | GatewayFailure>;

export const internalError: GatewayFailure = { status: 500, message: 'Internal server error' };
const badGateway: GatewayFailure = { status: 502, message: 'Internal server error' };
const timedOut: GatewayFailure = { status: 504, message: 'Endpoint request timed out' };

/** How many characters of an answer a warning shows. */
const SHOWN = 500;

const proxyResponse = z.object({
  statusCode: z.int().check(z.gte(200), z.lte(599)),
  headers: z.nullish(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  body: z.nullish(z.string()),
  isBase64Encoded: z.nullish(z.boolean()),
});

/**
 * Invokes a function with the event. AWS: "Set up a WebSocket API integration request in API Gateway". Its answer has the form of
 * "Lambda proxy integrations in API Gateway"; a malformed one is an internal server error. It may take 29 s: "Quotas for
 * configuring and running a WebSocket API".
 */
export function lambdaProxy(properties: LambdaProxyProperties, world: World): Integration {
  const arn = functionInUri(properties.IntegrationUri);
  const timeoutMs = properties.TimeoutInMillis ?? 29_000;

  return async (event) => {
    try {
      const invocation = await withTimeout(timeoutMs, world.functions.invoke(arn, event));
      if (!invocation) return timedOut;
      if (invocation.functionError) return badGateway;
      const result = z.safeParse(proxyResponse, invocation.payload);
      if (!result.success) {
        world.log.warn(
          `${event.requestContext.routeKey}: the answer of ${arn} is no Lambda proxy response (statusCode, body)`,
        );
        return badGateway;
      }
      const { statusCode, headers, isBase64Encoded } = result.data;
      const body = isBase64Encoded
        ? Buffer.from(result.data.body ?? '', 'base64').toString()
        : (result.data.body ?? '');
      // API Gateway tells nobody of it, unless the route has a response.
      if (statusCode > 299)
        world.log.warn(`${event.requestContext.routeKey}: ${arn} answered ${statusCode}: ${body.slice(0, SHOWN)}`);
      const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
      return { statusCode, headers: Object.fromEntries(named), body };
    } catch (error) {
      world.log.warn(`${event.requestContext.routeKey}: ${arn} could not be invoked: ${error}`);
      return internalError;
    }
  };
}
