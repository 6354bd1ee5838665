import { memberAt, parsedJson } from '../parse.ts';
import { StackError } from '../types.ts';

/**
 * Compiles a route selection expression such as `$request.body.action`. The result returns the route key of a message, or undefined
 * if the message is not JSON or has no string there. The route `$default` gets those messages.
 * AWS: "WebSocket selection expressions in API Gateway", "Create routes for WebSocket APIs in API Gateway".
 */
export function routeSelector(apiId: string, expression: string): (message: string) => string | undefined {
  const path = /^\$(?:request\.body\.([\w.-]+)|\{request\.body\.([\w.-]+)\})$/.exec(expression);
  const keys = (path?.[1] ?? path?.[2])?.split('.');
  if (!keys) throw new StackError(`Api ${apiId}: the RouteSelectionExpression ${expression} isn't supported.`);
  return (message) => {
    const value = memberAt(parsedJson(message), keys);
    // Keys that begin with $ are predefined for the gateway's own events. A message can't select them.
    return typeof value === 'string' && !value.startsWith('$') ? value : undefined;
  };
}
