import { signal } from '@preact/signals';
import { Auth, Chat, clearOutboxes, type Failure, type Result, type Snapshot } from '#client/index.ts';
import type { UpdateUser, User } from '#protocol/accounts.ts';
import { deleteDrafts } from '#web/composer/drafts.ts';
import { changeUser } from '#web/people/people.ts';
import { followChat } from './chat-state.ts';
import { type Config, loadConfig } from './config.ts';
import { deleteSnapshot, keepSnapshots, loadSnapshot } from './snapshot.ts';
import { emojiKey, storage } from './storage.ts';

/** The signed-in person and their chat. */
export interface Session {
  readonly user: User;
  readonly chat: Chat;
}

type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'unreachable' }
  | { readonly name: 'signed-out'; readonly reason?: Failure }
  /** Somebody is signed in, but has to verify their address first. */
  | { readonly name: 'unverified'; readonly user: User }
  | { readonly name: 'signed-in'; readonly session: Session };

export const phase = signal<Phase>({ name: 'starting' });

/**
 * A key of `localStorage`: there may be a session to restore, of the person with this id. The session itself is an HttpOnly cookie, which
 * scripts can't see.
 */
const sessionKey = 'storm:session';

/** How long the page waits for the session, in ms: a tab that the browser has frozen may hold the lock. */
const restoreMs = 30_000;

let config: Config;
/** What holds the tokens, from `start` on. */
export let auth: Auth;
let stopKeeping = () => {};

/**
 * Restores the session of this browser, if it has one. What was there last time is shown at once, before the server answers: `auth` holds
 * everything back until it has, and calls `end` if the session is over or somebody else's.
 */
export async function start(): Promise<void> {
  phase.value = { name: 'starting' };
  const userId = storage.get(sessionKey);
  const loading = userId === undefined ? undefined : loadSnapshot(userId);
  const fetching = loadConfig();
  try {
    config = await Promise.any([fetching, Promise.resolve(loading).then((kept) => kept?.config ?? fetching)]);
  } catch (cause) {
    console.warn(cause);
    phase.value = { name: 'unreachable' };
    return;
  }
  // The kept addresses serve until the present ones are there.
  fetching.then((present) => {
    config = present;
  }, console.warn);
  auth = new Auth({
    get httpUrl() {
      return config.httpUrl;
    },
    onEnd: (reason) => void end(reason),
  });
  if (!loading) {
    phase.value = { name: 'signed-out' };
    return;
  }
  const restoring = auth.restore();
  const snapshot = (await loading)?.snapshot;
  // Who had yet to verify their address may have done so elsewhere.
  const shown = snapshot && !hasToVerify(snapshot.user) ? snapshot : undefined;
  const result = await (shown ? Promise.race([restoring, late]) : inTime(restoring));
  if ('ok' in result) enter(result.ok, shown);
  else if (result.error.temporary && shown) {
    auth.resume(shown.user);
    // The answer may have come in this moment, and name somebody else.
    enter(auth.user ?? shown.user, shown);
  } else if (result.error.temporary) phase.value = { name: 'unreachable' };
  else {
    // The session is over, and nobody says whose it was.
    deleteDrafts();
    await Promise.all([clearOutboxes(), deleteSnapshot()]);
    leave();
  }
}

export async function logIn(login: string, password: string): Promise<Failure | undefined> {
  return enterWith(await auth.login({ login, password }));
}

export async function register(details: Parameters<Auth['register']>[0]): Promise<Failure | undefined> {
  return enterWith(await auth.register(details));
}

/** Logs out a person who hasn't verified their address. */
export async function logOutUnverified(): Promise<Failure | undefined> {
  const result = await auth.logout();
  if ('error' in result) return result.error;
  leave();
  return undefined;
}

/** Logs out. The person stays signed in if that fails. */
export async function logOut(session: Session): Promise<Failure | undefined> {
  const result = await auth.logout();
  if ('error' in result) return result.error;
  const { unsubscribe } = await import('#web/notifications/notifications.ts');
  await Promise.all([wipe(session), unsubscribe()]);
  leave();
  return undefined;
}

/** Deletes the account for good. The password has been confirmed. Nothing changes if that fails. */
export async function deleteAccount(session: Session): Promise<Result<void>> {
  const result = await session.chat.api.deleteAccount();
  if ('error' in result) return result;
  await wipe(session);
  leave();
  return result;
}

export async function updateProfile({ chat, user }: Session, change: UpdateUser): Promise<Result<User>> {
  const result = await chat.api.updateUser(user.id, change);
  if ('ok' in result) phase.value = { name: 'signed-in', session: { user: result.ok, chat } };
  return result;
}

/** Takes over a changed profile: the person's own, which they have changed on another device, or somebody else's. */
export function changeProfile(user: User): void {
  const { value } = phase;
  if (value.name !== 'signed-in' || value.session.user.id !== user.id) {
    changeUser(user);
    return;
  }
  const changed = { ...value.session.user, ...user };
  if (JSON.stringify(changed) !== JSON.stringify(value.session.user))
    phase.value = { ...value, session: { ...value.session, user: changed } };
}

function enterWith(result: Result<User>): Failure | undefined {
  if ('error' in result) return result.error;
  enter(result.ok);
  return undefined;
}

/** Whether the backend sends mails. */
export function hasMails(): boolean {
  return config.mails;
}

const late: Result<User> = {
  error: { code: 'offline', message: 'The session could not be restored.', temporary: true },
};

function inTime(restoring: Promise<Result<User>>): Promise<Result<User>> {
  return Promise.race([restoring, new Promise<typeof late>((resolve) => setTimeout(resolve, restoreMs, late))]);
}

function hasToVerify({ emailVerified }: User): boolean {
  return config.verifiedEmail === 'required' && !emailVerified;
}

/** @param snapshot what was kept of the person's conversations */
function enter(user: User, snapshot?: Snapshot): void {
  storage.set(sessionKey, user.id);
  if (hasToVerify(user)) {
    phase.value = { name: 'unverified', user };
    return;
  }
  const chat = new Chat({ auth, wsUrl: () => config.wsUrl, snapshot });
  followChat(chat);
  phase.value = { name: 'signed-in', session: { user, chat } };
  stopKeeping = keepSnapshots(chat, () => config);
  void chat.open();
}

/**
 * Called when the server has ended the session. What fails on the way to the server ends none, and nothing is wiped. Neither is it after a
 * restore from a backup, which ends everybody's session: what the restore has lost is sent again from here at the next login.
 */
async function end(reason: Failure): Promise<void> {
  if (phase.value.name === 'signed-in' && reason.code !== 'maintenance') await wipe(phase.value.session);
  leave(reason);
}

/** Deletes what this browser keeps of a person, so that the next one who uses it can't find it. */
async function wipe({ chat, user }: Session): Promise<void> {
  deleteDrafts(user.id);
  storage.remove(emojiKey(user.id));
  stopKeeping();
  await Promise.all([chat.outbox.clear(), deleteSnapshot()]);
}

function leave(reason?: Failure): void {
  const { value } = phase;
  stopKeeping();
  if (value.name === 'signed-in') value.session.chat.close();
  // Somebody else may have logged in meanwhile, in another tab.
  if (value.name !== 'signed-in' || storage.get(sessionKey) === value.session.user.id) storage.remove(sessionKey);
  phase.value = reason ? { name: 'signed-out', reason } : { name: 'signed-out' };
}
