import * as z from 'zod/mini';
import { glob } from '../../glob.ts';
import { Count } from '../../parse.ts';
import { S3Error } from './error.ts';
import type { S3Request } from './request.ts';

const needed = z.array(z.string());
const texts = z._default(needed, []);
const lists = { AllowedHeaders: texts, ExposedHeaders: texts };

/** The property `CorsConfiguration` of `AWS::S3::Bucket`. */
export const corsConfiguration = z.object({
  CorsRules: z.array(z.object({ ...lists, AllowedMethods: needed, AllowedOrigins: needed, MaxAge: z.optional(Count) })),
});
export type CorsRule = z.infer<typeof corsConfiguration>['CorsRules'][number];

/** Returns the CORS headers by the first rule that allows the request's origin and method, or no headers if none does. */
export function corsHeaders({ method, headers }: S3Request, rules: readonly CorsRule[]): Record<string, string> {
  const { origin } = headers;
  if (origin === undefined) return {};
  const wanted = String(headers['access-control-request-method'] ?? method);
  const asked = String(headers['access-control-request-headers'] ?? '')
    .split(/,\s*/)
    .filter(Boolean);
  const rule = rules.find(
    ({ AllowedOrigins, AllowedMethods, AllowedHeaders }) =>
      AllowedMethods.includes(wanted) &&
      matchesAny(origin, AllowedOrigins) &&
      asked.every((name) => matchesAny(name.toLowerCase(), lowerCase(AllowedHeaders))),
  );
  if (!rule) return {};
  const isAnyone = rule.AllowedOrigins.includes('*');
  return {
    'access-control-allow-origin': isAnyone ? '*' : origin,
    ...(!isAnyone && { 'access-control-allow-credentials': 'true' }),
    'access-control-allow-methods': rule.AllowedMethods.join(', '),
    ...(asked.length > 0 && { 'access-control-allow-headers': asked.join(', ') }),
    ...(rule.ExposedHeaders.length > 0 && { 'access-control-expose-headers': rule.ExposedHeaders.join(', ') }),
    ...(rule.MaxAge !== undefined && { 'access-control-max-age': String(rule.MaxAge) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/** Throws for a preflight that no rule allows. */
export function assertPreflight(headers: Record<string, string>): void {
  if ('access-control-allow-origin' in headers) return;
  throw new S3Error('AccessForbidden', 'CORSResponse: This CORS request is not allowed.');
}

const lowerCase = (names: readonly string[]) => names.map((name) => name.toLowerCase());
const matchesAny = (text: string, patterns: readonly string[]) => patterns.some((pattern) => glob(pattern)(text));
