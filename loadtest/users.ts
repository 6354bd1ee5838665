import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { Api, Auth, type Result } from '../client/index.ts';
import type { Target } from './target.ts';

/** The columns of the file of users. */
export const fields = ['username', 'password', 'direct', 'group', 'room'] as const;

const groupSize = 8;
/** How many people one request may name. */
const atOnce = 200;

const Account = z.object({ id: z.string(), username: z.string(), password: z.string() });
type Account = z.infer<typeof Account>;

export interface Seed {
  readonly target: Pick<Target, 'httpUrl' | 'stage'>;
  readonly count: number;
  readonly roomSize: number;
  /** Accounts per second. It waits longer where the server says so. */
  readonly perSecond: number;
  readonly folder: string;
  readonly say: (line: string) => void;
}

/**
 * Makes users ahead of a test, and the conversations in which they talk, and writes them to a file. Accounts that an earlier, interrupted
 * call has made are kept in a file beside it, and used. Returns the path of the file, which has passwords, so only its owner can read it.
 */
export async function seed(options: Seed): Promise<string> {
  fs.mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const accounts = await register(options, path.join(options.folder, `${options.target.stage}.accounts`));
  const places = {
    direct: await createConversations(options, accounts, 2),
    group: await createConversations(options, accounts, groupSize),
    room: await createConversations(options, accounts, options.roomSize),
  };
  const rows = accounts.map(({ username, password }, i) => [
    username,
    password,
    places.direct[i],
    places.group[i],
    places.room[i],
  ]);
  const file = path.join(options.folder, `${options.target.stage}.csv`);
  fs.writeFileSync(file, `${[fields, ...rows].map((row) => row.join(',')).join('\n')}\n`, { mode: 0o600 });
  return file;
}

async function register({ target, count, perSecond, say }: Seed, file: string): Promise<Account[]> {
  const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
  const accounts = lines.filter((line) => line !== '').map((line) => Account.parse(JSON.parse(line)));
  const out = fs.openSync(file, 'a', 0o600);
  const startedAt = Date.now();
  const missing = count - accounts.length;
  await inParallel(
    Array.from({ length: Math.max(0, missing) }, (_, i) => i),
    8,
    async (i) => {
      await sleep(Math.max(0, startedAt + (i * 1_000) / perSecond - Date.now()));
      const username = `load-${randomBytes(6).toString('hex')}`;
      const password = randomBytes(18).toString('base64url');
      // SES takes and drops mails to these addresses, and doesn't count them as bounces ("Using the mailbox simulator").
      const email = `success+${username}@simulator.amazonses.com`;
      const user = await patiently(`registering ${username}`, () =>
        new Auth({ httpUrl: target.httpUrl }).register({ username, email, password }),
      );
      const account = { id: user.id, username, password };
      accounts.push(account);
      fs.writeSync(out, `${JSON.stringify(account)}\n`);
      if (accounts.length % 1_000 === 0) say(`${accounts.length} of ${count} users`);
    },
  );
  fs.closeSync(out);
  return accounts.slice(0, count);
}

/** Puts the accounts into conversations of this size, one after another. Returns each account's conversation. */
async function createConversations(
  { target, say }: Seed,
  accounts: readonly Account[],
  size: number,
): Promise<string[]> {
  const ids: string[] = [];
  const parts = Array.from({ length: Math.ceil(accounts.length / size) }, (_, i) => i * size);
  await inParallel(parts, 8, async (from) => {
    // The last ones may be fewer than two: then those before join in.
    const members = accounts.slice(Math.max(0, Math.min(from, accounts.length - 2)), from + size);
    const [owner, ...others] = members;
    if (!owner) return;
    const auth = new Auth({ httpUrl: target.httpUrl });
    await patiently('signing in', () => auth.login({ login: owner.username, password: owner.password }));
    const api = new Api(auth);
    const others_ = others.map(({ id }) => id);
    const kind = size === 2 ? ({ type: 'direct' } as const) : ({ type: 'group', name: 'Load test' } as const);
    const { id } = await patiently('creating a conversation', () =>
      api.createConversation({ ...kind, memberIds: others_.slice(0, atOnce) }),
    );
    for (let i = atOnce; i < others_.length; i += atOnce)
      await patiently('adding members', () => api.addMembers(id, others_.slice(i, i + atOnce)));
    for (let i = from; i < Math.min(from + size, accounts.length); i++) ids[i] = id;
  });
  say(`${parts.length} conversations of ${size}`);
  return ids;
}

/** Repeats what fails for a while, and waits as long as the server says. Throws for what fails for good. */
export async function patiently<T>(what: string, run: () => Promise<Result<T>>): Promise<T> {
  for (let failures = 0; ; failures++) {
    const result = await run();
    if ('ok' in result) return result.ok;
    const { code, message, temporary, retryAfterMs = 1_000 * 2 ** Math.min(failures, 6) } = result.error;
    if (!temporary && code !== 'too_many_attempts') throw new Error(`${what}: ${code}, ${message}`);
    await sleep(retryAfterMs);
  }
}

async function inParallel<T>(items: readonly T[], workers: number, run: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const work = async () => {
    for (const item of left) await run(item);
  };
  await Promise.all(Array.from({ length: workers }, work));
}
