import { fail, type Result } from '#protocol/failures.ts';
import { bearerPrefix, subprotocol } from '#protocol/frames.ts';
import { bearerToken } from './caller.ts';

/** What a client says of itself when it opens a socket. */
export interface Handshake {
  readonly authorization?: string | undefined;
  readonly protocols?: string | undefined;
  readonly origin?: string | undefined;
}

/**
 * The access token of a handshake: in `Authorization`, or among the subprotocols, which is all that a browser can set.
 * `forbidden` from a page that is not allowed, `unauthorized` without a token or without our subprotocol among those offered.
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
