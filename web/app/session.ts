import { batch, computed, signal } from '@preact/signals';
import { browserPlatform, browserStore } from '#client/browser.ts';
import {
  Auth,
  Chat,
  type ConnectionState,
  type ConversationState,
  type Failure,
  type Outgoing,
  type Result,
} from '#client/index.ts';
import type { UpdateUser, User } from '#protocol/accounts.ts';
import { forgetDrafts } from '#web/composer/drafts.ts';
import { turnOffNotifications } from '#web/notifications/notifications.ts';
import { type Config, loadConfig } from './config.ts';

/** Somebody who is signed in, and their chat. */
export interface Session {
  readonly user: User;
  readonly chat: Chat;
}

type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'unreachable' }
  | { readonly name: 'signed-out'; readonly reason?: Failure }
  | { readonly name: 'signed-in'; readonly session: Session };

export const phase = signal<Phase>({ name: 'starting' });

/** What the chat holds, as signals. */
export const connection = signal<ConnectionState>('idle');
export const complete = signal(false);
export const conversations = signal<readonly ConversationState[]>([]);
export const outgoing = signal<readonly Outgoing[]>([]);
/** Counts the changes of everything in the chat, for what has no signal of its own. */
export const changes = signal(0);
/** Of the conversations that one wants to hear of. */
export const unreadTotal = computed(() =>
  conversations.value.reduce((sum, { unread, muted }) => sum + (muted ? 0 : unread), 0),
);

/** Joined, so that it changes only with what is in it. */
export const unreadIds = computed(() =>
  conversations.value
    .filter(({ unread }) => unread > 0)
    .map(({ id }) => id)
    .sort()
    .join(' '),
);

/** Says that there may be a session to restore; the session itself is a cookie that no script sees. */
const marker = 'storm:session';

/** When this tab began to restore the session, until it has. */
const restoring = 'storm:restoring';
const settleMs = 2_000;

let config: Config;
let auth: Auth;

/** Takes up the session that this browser had, if any. */
export async function start(): Promise<void> {
  phase.value = { name: 'starting' };
  try {
    config = await loadConfig();
  } catch (cause) {
    console.warn(cause);
    phase.value = { name: 'unreachable' };
    return;
  }
  auth = new Auth({ httpUrl: config.httpUrl, platform: browserPlatform, onEnd: (reason) => leave(reason) });
  if (localStorage.getItem(marker) === null) {
    phase.value = { name: 'signed-out' };
    return;
  }
  const restored = await restore();
  if ('ok' in restored) enter(restored.ok);
  else if (restored.error.temporary) phase.value = { name: 'unreachable' };
  else leave();
}

/**
 * A page that is reloaded while it restores leaves its refresh on its way. Its token counts as stolen if it is sent again, so the
 * next page gives the answer, and the cookie with it, time to come.
 */
async function restore(): Promise<Result<User>> {
  const leftUntil = Number(sessionStorage.getItem(restoring) ?? 0) + settleMs;
  if (leftUntil > Date.now()) await new Promise((resolve) => setTimeout(resolve, leftUntil - Date.now()));
  sessionStorage.setItem(restoring, String(Date.now()));
  const restored = await auth.restore();
  sessionStorage.removeItem(restoring);
  return restored;
}

export async function logIn(login: string, password: string): Promise<Failure | undefined> {
  return enterWith(await auth.login({ login, password }));
}

export async function register(details: Parameters<Auth['register']>[0]): Promise<Failure | undefined> {
  return enterWith(await auth.register(details));
}

/** A failure leaves the person signed in. */
export async function logOut({ chat, user }: Session): Promise<Failure | undefined> {
  const result = await auth.logout();
  if ('error' in result) return result.error;
  await Promise.all([chat.outbox.clear(), turnOffNotifications()]);
  forgetDrafts(user.id);
  leave();
  return undefined;
}

/** A failure leaves everything as it was. */
export async function deleteAccount({ chat, user }: Session): Promise<Result<void>> {
  const result = await chat.api.deleteAccount();
  if ('error' in result) return result;
  await chat.outbox.clear();
  forgetDrafts(user.id);
  leave();
  return result;
}

export async function updateProfile({ chat, user }: Session, change: UpdateUser): Promise<Result<User>> {
  const result = await chat.api.updateUser(user.id, change);
  if ('ok' in result) phase.value = { name: 'signed-in', session: { user: result.ok, chat } };
  return result;
}

function enterWith(result: Result<User>): Failure | undefined {
  if ('error' in result) return result.error;
  enter(result.ok);
  return undefined;
}

function enter(user: User): void {
  const chat = new Chat({ auth, wsUrl: config.wsUrl, store: browserStore(user.id) });
  const show = () =>
    batch(() => {
      connection.value = chat.connection;
      complete.value = chat.conversations.complete;
      conversations.value = chat.conversations.all;
      outgoing.value = chat.outbox.entries;
      changes.value = changes.peek() + 1;
    });
  localStorage.setItem(marker, '');
  chat.on('change', show);
  show();
  phase.value = { name: 'signed-in', session: { user, chat } };
  void chat.open();
}

function leave(reason?: Failure): void {
  localStorage.removeItem(marker);
  if (phase.value.name === 'signed-in') phase.value.session.chat.close();
  phase.value = reason ? { name: 'signed-out', reason } : { name: 'signed-out' };
}
