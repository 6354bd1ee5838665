import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Access } from '../access/credentials.ts';

/**
 * The key of the pages that show data and change things, such as events with tokens in them. It is new at each start, and in the address
 * that the start shows; from there on the browser has it as a cookie. Other users of this machine don't.
 */
export function consoleKey({ credentials }: Access): string {
  return hash('sha256', `console ${credentials.secretAccessKey}`).slice(0, 32);
}

/** Cookies are shared by all ports of a host, so the name has the port. */
const cookieName = ({ headers }: IncomingMessage) => `local-${headers.host?.split(':')[1] ?? '80'}`;

/** The header that gives a browser the key. */
export function keyCookie(request: IncomingMessage, key: string): string {
  return `${cookieName(request)}=${key}; Path=/_local/; HttpOnly; SameSite=Strict`;
}

/** Whether a request has the key, in its address or in its cookie. */
export function hasKey(request: IncomingMessage, query: URLSearchParams, key: string): boolean {
  const cookies = (request.headers.cookie ?? '').split('; ');
  const prefix = `${cookieName(request)}=`;
  const given = query.get('key') ?? cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length) ?? '';
  return given.length === key.length && timingSafeEqual(Buffer.from(given), Buffer.from(key));
}
