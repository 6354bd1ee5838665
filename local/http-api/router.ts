/** A parsed route key: `GET /pets/{id}`, `ANY /{proxy+}` or `$default`. */
export interface Route {
  readonly routeKey: string;
  /** `ANY` matches every method. Undefined for `$default`. */
  readonly method?: string;
  readonly segments: readonly Segment[];
}

interface Segment {
  readonly kind: 'literal' | 'variable' | 'greedy';
  readonly name: string;
}

export interface Match<R extends Route> {
  readonly route: R;
  /** The decoded values of the path variables. */
  readonly pathParameters: Record<string, string>;
}

export function parseRouteKey(routeKey: string): Route {
  if (routeKey === '$default') return { routeKey, segments: [] };
  const [method = '', path = ''] = routeKey.split(' ');
  const segments = split(path).map((text): Segment => {
    const name = /^\{(.+)\}$/.exec(text)?.[1];
    if (name === undefined) return { kind: 'literal', name: text };
    return name.endsWith('+') ? { kind: 'greedy', name: name.slice(0, -1) } : { kind: 'variable', name };
  });
  return { routeKey, method, segments };
}

/**
 * Returns the most specific route for a request: a full match of path and method first, then a greedy match, then `$default`.
 * Source: AWS, "Create routes for HTTP APIs in API Gateway".
 * @param path without the stage, decoded
 */
export function findRoute<R extends Route>(routes: Iterable<R>, method: string, path: string): Match<R> | undefined {
  let best: Match<R> | undefined;
  for (const route of routes) {
    const pathParameters = matchRoute(route, method, path);
    if (pathParameters && (!best || rank(route) < rank(best.route))) best = { route, pathParameters };
  }
  return best;
}

/** Returns a sort key by the kind of each segment and then by method. The smallest key is the most specific route. */
function rank({ method, segments }: Route): string {
  if (method === undefined) return '9';
  const kinds = { literal: '1', variable: '2', greedy: '3' };
  const path = segments.map(({ kind }) => kinds[kind]).join('');
  const greedy = path.includes('3') ? '1' : '0';
  return `${greedy}${path}/${method === 'ANY' ? '1' : '0'}`;
}

function matchRoute(route: Route, method: string, path: string): Record<string, string> | undefined {
  if (route.method === undefined) return {};
  if (route.method !== 'ANY' && route.method !== method) return undefined;
  const parts = split(path);
  const parameters: Record<string, string> = {};
  for (const [i, { kind, name }] of route.segments.entries()) {
    const part = parts[i];
    if (part === undefined || (kind === 'literal' && part !== name)) return undefined;
    if (kind === 'greedy') return { ...parameters, [name]: parts.slice(i).join('/') };
    if (kind === 'variable') parameters[name] = part;
  }
  return parts.length === route.segments.length ? parameters : undefined;
}

const split = (path: string): string[] => path.split('/').slice(1);
