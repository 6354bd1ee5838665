import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Answer } from '#lambdas/kit/http.ts';
import { methodsOf } from '#protocol/routes.ts';

/**
 * Answers `OPTIONS` for each path of the contract with the methods that it has. The API has no CORS configuration, with which API
 * Gateway would answer preflights itself ("Configure CORS for HTTP APIs in API Gateway"), so pages of other origins stay out.
 */
export function allowed({ rawPath, requestContext: { http, stage } }: APIGatewayProxyEventV2): Answer | undefined {
  if (http.method !== 'OPTIONS') return undefined;
  const prefix = `/${stage}`;
  const methods = methodsOf(rawPath.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : rawPath);
  return methods.length > 0 ? { headers: { allow: methods.join(', ') } } : undefined;
}
