import { StackError } from '../types.ts';

interface Event {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
  readonly stageVariables?: Readonly<Record<string, string | undefined>>;
}

/** What an authorizer looks at. If it is missing or empty, the request is refused without asking the function. */
export type IdentitySource = (event: Event) => string | undefined;

/**
 * Parses an identity source: a header, a query parameter or a stage variable. HTTP APIs have `$request.header.…` and `$stageVariables.…`,
 * WebSocket APIs `route.request.header.…` and `stageVariables.…`. @throws StackError
 */
export function identitySource(expression: string, protocol: 'HTTP' | 'WEBSOCKET'): IdentitySource {
  const [request, variables] = protocol === 'HTTP' ? ['\\$', '\\$'] : ['route\\.', ''];
  const pattern = `^(?:${request}request\\.(header|querystring)|${variables}stageVariables)\\.(.+)$`;
  const [found, kind, name = ''] = new RegExp(pattern).exec(expression) ?? [];
  if (!found) throw new StackError(`IdentitySource: ${expression} isn't supported.`);
  const same = (header: string) => header.toLowerCase() === name.toLowerCase();
  if (kind === 'header') return ({ headers }) => Object.entries(headers).find(([header]) => same(header))?.[1];
  if (kind === 'querystring') return ({ queryStringParameters }) => queryStringParameters?.[name];
  return ({ stageVariables }) => stageVariables?.[name];
}
