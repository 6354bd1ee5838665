import type { APIGatewayRequestAuthorizerEvent, AuthResponse } from 'aws-lambda';
import { verifyAccessToken } from '#adapters/tokens/verify.ts';
import { tokenOf } from '#core/accounts/connect.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { edgeHeader, passedFirewall } from '#lambdas/kit/firewall.ts';

const allowedOrigins = setting('ALLOWED_ORIGINS').split(',');

/**
 * The authorizer of `$connect`, which requires a valid access token, an allowed origin and, where the deployment does, a verified address. API Gateway adds the context that it
 * returns to all later events of the socket.
 */
export async function handler(event: APIGatewayRequestAuthorizerEvent): Promise<AuthResponse> {
  const headers = new Map(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  if (!passedFirewall(headers.get(edgeHeader))) return refuse(event.methodArn, 'forbidden');
  const token = tokenOf(
    {
      authorization: headers.get('authorization'),
      protocols: headers.get('sec-websocket-protocol'),
      origin: headers.get('origin'),
    },
    allowedOrigins,
  );
  if ('error' in token) return refuse(event.methodArn, token.error.code);
  const caller = await verifyAccessToken(token.ok);
  if ('error' in caller) return refuse(event.methodArn, caller.error.code);
  if (caller.ok.unverified) return refuse(event.methodArn, 'forbidden');
  const { userId, familyId } = caller.ok;
  return { principalId: userId, policyDocument: policy('Allow', event.methodArn), context: { userId, familyId } };
}

/**
 * Refuses the upgrade. API Gateway answers a Deny with 403. For 401 the function has to throw an error with exactly this text
 * ("Control access to WebSocket APIs with Lambda").
 */
function refuse(methodArn: string, code: string): AuthResponse {
  if (code !== 'forbidden') throw new Error('Unauthorized');
  return { principalId: 'anonymous', policyDocument: policy('Deny', methodArn) };
}

function policy(Effect: 'Allow' | 'Deny', Resource: string): AuthResponse['policyDocument'] {
  return { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] };
}
