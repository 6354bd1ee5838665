import type { APIGatewayRequestAuthorizerEvent, AuthResponse } from 'aws-lambda';
import { verifyAccessToken } from '#adapters/tokens/verify.ts';
import { tokenOf } from '#core/accounts/connect.ts';
import { deviceOf } from '#core/accounts/device.ts';
import { networkOf } from '#core/accounts/source-address.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { edgeHeader, passedFirewall } from '#lambdas/kit/firewall.ts';
import { invocation } from '#lambdas/kit/invocation.ts';
import { logSecurity } from '#lambdas/kit/security-log.ts';

const allowedOrigins = setting('ALLOWED_ORIGINS').split(',');

/**
 * The authorizer of `$connect`, which requires a valid access token, an allowed origin and, where the deployment does, a verified address. API Gateway adds the context that it
 * returns to all later events of the socket.
 */
export const handler = invocation<APIGatewayRequestAuthorizerEvent, AuthResponse>(
  (event) => event.requestContext.requestId,
).handler(async (event) => {
  const headers = new Map(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const refused = (reason: 'unauthorized' | 'forbidden') => {
    logSecurity({ name: 'connection_refused', reason, ...sourceOf(event, headers.get('user-agent')) });
    return refuse(event.methodArn, reason);
  };
  if (!passedFirewall(headers.get(edgeHeader))) return refused('forbidden');
  const token = tokenOf(
    {
      authorization: headers.get('authorization'),
      protocols: headers.get('sec-websocket-protocol'),
      origin: headers.get('origin'),
    },
    allowedOrigins,
  );
  const caller = 'error' in token ? token : await verifyAccessToken(token.ok);
  if ('error' in caller) return refused(caller.error.code === 'forbidden' ? 'forbidden' : 'unauthorized');
  if (caller.ok.unverified) return refused('forbidden');
  const { userId, familyId } = caller.ok;
  // Sockets belong to a set of tables (decision 0124).
  const context = { userId, familyId, generation: setting('GENERATION') };
  return { principalId: userId, policyDocument: policy('Allow', event.methodArn), context };
});

/**
 * Refuses the upgrade. API Gateway answers a Deny with 403. For 401 the function has to throw an error with exactly this text
 * ("Control access to WebSocket APIs with Lambda").
 */
function refuse(methodArn: string, reason: 'unauthorized' | 'forbidden'): AuthResponse {
  if (reason === 'unauthorized') throw new Error('Unauthorized');
  return { principalId: 'anonymous', policyDocument: policy('Deny', methodArn) };
}

function sourceOf({ requestContext }: APIGatewayRequestAuthorizerEvent, userAgent: string | undefined) {
  return { network: networkOf(requestContext.identity.sourceIp), device: deviceOf(userAgent) };
}

function policy(Effect: 'Allow' | 'Deny', Resource: string): AuthResponse['policyDocument'] {
  return { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] };
}
