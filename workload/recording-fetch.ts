import type { Conversation, Conversations } from '#protocol/conversations.ts';
import type { Sync } from '#protocol/events.ts';
import type { History } from '#protocol/history.ts';
import type { Asking, Complete, RecordedDevice } from './recorder.ts';
import { mayHaveHappened } from './recording-socket.ts';
import { countsOf, messageOf, syncedOf } from './wire.ts';

interface HttpOperation {
  readonly asking: Asking;
  /** What the answer says, as a history has it. */
  readonly answered: (body: ReturnType<typeof JSON.parse>) => { ok: unknown; conversation?: string };
}

/** Calls the HTTP API, and writes down the calls that are judged. */
export function recordingFetch(device: RecordedDevice, send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const { pathname, searchParams } = new URL(String(input), 'http://server');
    const route = `${init?.method ?? 'GET'} ${pathname}`;
    const body = init?.body ? JSON.parse(String(init.body)) : {};
    const operation = operationOf(route, body, searchParams);
    if (!operation) return isLogin(route) ? login(device, await send(input, init)) : send(input, init);
    const complete = device.ask(operation.asking);
    try {
      const response = await send(input, init);
      const text = await response.text();
      complete(endOf(operation, response, text));
      return copyOf(response, text);
    } catch (error) {
      complete({ info: 'offline' });
      throw error;
    }
  };
}

function endOf({ answered }: HttpOperation, { ok, status }: Response, text: string): Parameters<Complete>[0] {
  if (ok) return answered(text === '' ? undefined : JSON.parse(text));
  const code = codeOf(text) ?? String(status);
  const refused = status < 500 || (code !== String(status) && !mayHaveHappened(code));
  return refused ? { fail: code } : { info: code };
}

function codeOf(text: string): string | undefined {
  try {
    const { code } = Object(JSON.parse(text));
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}

const isLogin = (route: string) => /^POST .*\/auth\/(login|register|refresh)$/.test(route);

async function login(device: RecordedDevice, response: Response): Promise<Response> {
  const text = await response.text();
  if (response.ok) device.signedIn(JSON.parse(text).user.id);
  return copyOf(response, text);
}

/** A body can be read once only. */
function copyOf({ status, statusText, headers }: Response, text: string): Response {
  return new Response(text === '' ? null : text, { status, statusText, headers });
}

type Body = ReturnType<typeof JSON.parse>;
type Builder = (call: { ids: readonly string[]; body: Body; query: URLSearchParams }) => HttpOperation;

const done = () => ({ ok: {} });

/** The calls that are judged, by method and path. */
const operations: readonly (readonly [RegExp, Builder])[] = [
  [
    /^GET .*\/conversations\/([^/]+)\/messages$/,
    ({ ids: [conversation = ''], query }) => ({
      asking: { f: 'history', conversation, value: { ...bound('before', query), ...bound('after', query) } },
      answered: ({ messages, hasMore }: History) => ({ ok: { messages: messages.map(messageOf), more: hasMore } }),
    }),
  ],
  [
    /^POST .*\/sync$/,
    ({ body: { cursors } }) => ({
      asking: { f: 'sync', value: {} },
      answered: (answer: Sync) => ({ ok: syncedOf(answer, cursors) }),
    }),
  ],
  [
    /^GET .*\/conversations$/,
    () => ({
      asking: { f: 'unread', value: {} },
      answered: ({ conversations }: Conversations) => ({ ok: { entries: conversations.map(countsOf) } }),
    }),
  ],
  [
    /^GET .*\/conversations\/[^/]+$/,
    () => ({
      asking: { f: 'unread', value: {} },
      answered: (conversation: Conversation) => ({ ok: { entries: [countsOf(conversation)] } }),
    }),
  ],
  [
    /^POST .*\/conversations$/,
    ({ body: { type, memberIds } }) => ({
      asking: { f: 'create', value: { users: memberIds, ...(type === 'direct' && { direct: true }) } },
      answered: ({ id }: Conversation) => ({ ok: {}, conversation: id }),
    }),
  ],
  [
    /^POST .*\/conversations\/([^/]+)\/members$/,
    ({ ids: [conversation = ''], body: { userIds } }) => ({
      asking: { f: 'add', conversation, value: { users: userIds } },
      answered: done,
    }),
  ],
  [
    /^DELETE .*\/conversations\/([^/]+)\/members\/([^/]+)$/,
    ({ ids: [conversation = '', user = ''] }) => ({
      asking: { f: 'remove', conversation, value: { user } },
      answered: done,
    }),
  ],
  [
    /^POST .*\/invitations\/([^/]+)$/,
    ({ ids: [conversation = ''] }) => ({ asking: { f: 'join', conversation, value: {} }, answered: done }),
  ],
];

function operationOf(route: string, body: Body, query: URLSearchParams): HttpOperation | undefined {
  for (const [pattern, build] of operations) {
    const match = pattern.exec(route);
    if (match) return build({ ids: match.slice(1), body, query });
  }
  return undefined;
}

function bound(name: 'before' | 'after', query: URLSearchParams): { before?: number; after?: number } {
  const value = query.get(name);
  return value === null ? {} : { [name]: Number(value) };
}
