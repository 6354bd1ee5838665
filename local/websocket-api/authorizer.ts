import * as z from 'zod/mini';
import { functionInUri } from '../functions/name.ts';
import { parseProperties } from '../parse.ts';
import type { Properties, World } from '../types.ts';
import type { ConnectEvent } from './events.ts';
import { identitySource } from './identity-source.ts';
import { type GatewayFailure, internalError } from './integration.ts';
import { allows, policyDocument } from './policy.ts';
import { shapes } from './properties.ts';

/** Decides whether an upgrade is allowed. If so, it returns the context for `requestContext.authorizer`. */
export type Authorizer = (
  event: ConnectEvent,
) => Promise<{ readonly context: Record<string, string> } | GatewayFailure>;

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const context = z.optional(z.record(z.string(), scalar));
const output = z.object({ principalId: z.string(), policyDocument, context });
const thrown = z.object({ errorMessage: z.string() });

const unauthorized: GatewayFailure = { status: 401, message: 'Unauthorized' };
const denied: GatewayFailure = { status: 403, message: 'Forbidden' };

/**
 * Invokes a Lambda authorizer. AWS: "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers", "Input to an API Gateway
 * Lambda authorizer" and "Output from an API Gateway Lambda authorizer".
 */
export function lambdaAuthorizer(properties: Properties, world: World): Authorizer {
  const { AuthorizerUri, IdentitySource = [] } = parseProperties(shapes.Authorizer, properties);
  const arn = functionInUri(AuthorizerUri);
  const sources = IdentitySource.map((expression) => identitySource(expression, 'WEBSOCKET'));

  return async (event) => {
    if (sources.some((source) => !source(event))) return unauthorized;
    const { apiId, stage } = event.requestContext;
    const methodArn = `arn:aws:execute-api:${world.region}:${world.account}:${apiId}/${stage}/$connect`;
    const { isBase64Encoded: _, ...input } = event;
    try {
      const given = { type: 'REQUEST', methodArn, stageVariables: {}, ...input };
      const { functionError, payload } = await world.functions.invoke(arn, given);
      if (functionError) {
        const error = z.safeParse(thrown, payload);
        return error.success && error.data.errorMessage === 'Unauthorized' ? unauthorized : internalError;
      }
      const result = z.safeParse(output, payload);
      if (!result.success) {
        world.log.warn(`The answer of the authorizer ${arn} is malformed at ${result.error.issues[0]?.path.join('.')}`);
        return internalError;
      }
      const { principalId, context } = result.data;
      if (!allows(result.data.policyDocument, methodArn)) return denied;
      return { context: { ...strings(context), principalId } };
    } catch (error) {
      world.log.warn(`The authorizer ${arn} could not be invoked: ${error}`);
      return internalError;
    }
  };
}

function strings(context: Readonly<Record<string, string | number | boolean>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)]));
}
