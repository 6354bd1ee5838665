import { v7 } from 'uuid';
import { Session } from '#protocol/accounts.ts';
import { Conversation } from '#protocol/conversations.ts';
import { request } from './member.ts';
import { mailOf } from './target.ts';
import { password, type Stored } from './visitor.ts';

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly token: string;
  /** What the browser has stored after the registration. */
  readonly stored: Stored;
}

/** Registers a new user as the page does. The name is new each time, because all tests share a server. */
export async function signUp(url: string, name: string): Promise<Account> {
  const username = newUsername(name);
  const person = { username, displayName: name, email: mailOf(username), password };
  const ours = { origin: url, 'sec-fetch-site': 'same-origin' };
  const { headers, body } = await request(`${url}/api`, 'POST /auth/register', { body: person, headers: ours });
  const { user, accessToken } = Session.parse(body);
  const [cookie = ''] = headers.getSetCookie()[0]?.split(';') ?? [];
  const [cookieName = '', value = ''] = cookie.split('=');
  const fixed = {
    domain: new URL(url).hostname,
    path: '/',
    expires: -1,
    httpOnly: true,
    secure: true,
    sameSite: 'Strict',
  } as const;
  const stored = { cookies: [{ name: cookieName, value, ...fixed }], items: { 'storm:session': '' } };
  return { id: user.id, username, token: accessToken, stored };
}

export const newUsername = (name: string): string => `${name.toLowerCase()}-${v7().slice(-12)}`;

/** Creates a direct conversation, and returns its id. */
export async function startDirect(url: string, { token }: Account, other: Account): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const body = { type: 'direct', memberIds: [other.id] };
  return Conversation.parse((await request(`${url}/api`, 'POST /conversations', { body, headers })).body).id;
}
