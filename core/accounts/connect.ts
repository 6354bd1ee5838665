import { fail, type Result } from '#protocol/failures.ts';
import { bearerPrefix, subprotocol } from '#protocol/frames.ts';
import { bearerToken } from './caller.ts';

/** The headers with which a client opens a socket. */
export interface Handshake {
  readonly authorization?: string | undefined;
  readonly protocols?: string | undefined;
  readonly origin?: string | undefined;
}

/**
 * Returns the access token of a handshake. It is in the header `Authorization`, or among the subprotocols, because a browser can set
 * nothing else. Errors: `forbidden` if the page's origin is not allowed; `unauthorized` without a token, or if the client offers
 * subprotocols and ours is not among them.
 */
export function tokenOf(handshake: Handshake, allowedOrigins: readonly string[]): Result<string> {
  const { authorization, origin } = handshake;
  if (origin !== undefined && !allowedOrigins.includes(origin)) return fail('forbidden');
  const protocols = handshake.protocols?.split(',').map((protocol) => protocol.trim());
  if (protocols && !protocols.includes(subprotocol)) return fail('unauthorized');
  const token =
    bearerToken(authorization) ??
    protocols?.find((protocol) => protocol.startsWith(bearerPrefix))?.slice(bearerPrefix.length);
  return token ? { ok: token } : fail('unauthorized');
}
