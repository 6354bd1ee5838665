import { v7 } from 'uuid';
import { afterAll, beforeAll } from 'vitest';
import { signAccessToken } from '#adapters/tokens/sign.ts';
import { Sent } from '#protocol/frames.ts';
import { limits } from '#protocol/limits.ts';
import { signingKey } from '#test/helpers/accounts.ts';
import { type Api, type Person, password, startApi } from '#test/helpers/api.ts';
import type { Device } from '#test/helpers/device.ts';

/** Those whom the service knows, by what they are in the group of the scene. `blocked` and `blocker` are members of it. */
export const insiders = ['stranger', 'former', 'blocked', 'blocker', 'member', 'admin', 'owner'] as const;
/** Those whom it doesn't know, or no longer. Whatever they ask for is refused. */
export const outsiders = ['nobody', 'forger', 'expired', 'revoked', 'erased'] as const;

export type Insider = (typeof insiders)[number];
type Outsider = (typeof outsiders)[number];

export type Scene = Awaited<ReturnType<typeof createScene>>;

/** Starts the service for the tests of a file, and returns how they reach the scene on it. */
export function setScene(): () => Scene {
  let api: Api;
  let scene: Scene;
  beforeAll(async () => {
    api = await startApi();
    scene = await createScene(api);
  });
  afterAll(() => api.stop());
  return () => scene;
}

/**
 * A group with its owner, an admin and members; someone who was removed from it, and someone who never was in it. The owner has
 * blocked `blocked`, and `blocker` has blocked the owner; the owner has a direct conversation with each of both.
 */
async function createScene(api: Api) {
  const people: Record<Insider, Person> = {
    stranger: await api.register('stranger'),
    former: await api.register('former'),
    blocked: await api.register('blocked'),
    blocker: await api.register('blocker'),
    member: await api.register('member'),
    admin: await api.register('admin'),
    owner: await api.register('owner'),
  };
  const { owner, admin, member, former, blocked, blocker } = people;

  /** Creates a group of the owner with the same people in it, but without `blocker` once they have blocked the owner. */
  async function createGroup(): Promise<string> {
    const memberIds = [admin, member, former, blocked, blocker].map(({ id }) => id);
    const { body } = await owner.call('POST /conversations', { body: { type: 'group', name: 'Scene', memberIds } });
    const params = { id: String(body.id), userId: admin.id };
    await owner.call('PATCH /conversations/{id}/members/{userId}', { params, body: { role: 'admin' } });
    await owner.call('DELETE /conversations/{id}/members/{userId}', { params: { ...params, userId: former.id } });
    return params.id;
  }

  async function createDirect(other: Person): Promise<string> {
    const body = { type: 'direct', memberIds: [other.id] };
    return (await owner.call('POST /conversations', { body })).body.id;
  }

  const group = await createGroup();
  const direct = { blocked: await createDirect(blocked), blocker: await createDirect(blocker) };
  const directOf = (by: Person) => (by === blocked ? direct.blocked : direct.blocker);
  const devices = new Map<Person, Promise<Device>>();
  function deviceOf(person: Person): Promise<Device> {
    const device = devices.get(person) ?? person.open();
    devices.set(person, device);
    return device;
  }
  const scene = {
    api,
    people,
    group,
    direct,
    /** The direct conversation of a person and the owner: with `blocked` for them, else with `blocker`. */
    directOf,
    createGroup,
    /** The socket of a person, which is opened when it is asked for. */
    deviceOf,
    /** Someone else, for what can be done only once. */
    extra: () => api.register('extra'),
    /** Adds a plain member to the group, and returns their id. */
    async addMember(): Promise<string> {
      const { id } = await api.register('added');
      await owner.call('POST /conversations/{id}/members', { params: { id: group }, body: { userIds: [id] } });
      return id;
    },
    /** Invites somebody to a group of someone else's, and returns its id. Who has left a group is invited to come back. */
    async invite(person: Person): Promise<string> {
      const host = await api.register('host');
      const body = { type: 'group', name: 'Come', memberIds: [person.id] };
      const { id } = (await host.call('POST /conversations', { body })).body;
      await person.call('DELETE /conversations/{id}/members/{userId}', { params: { id, userId: person.id } });
      await host.call('POST /conversations/{id}/members', { params: { id }, body: { userIds: [person.id] } });
      return id;
    },
    /** Sends a message to a conversation, and returns its `seq`. */
    async say(from: Person, conversationId = group): Promise<number> {
      const device = await deviceOf(from);
      const { ok } = await device.ask({ action: 'message', conversationId, text: 'said' });
      return Sent.parse(ok).seq;
    },
  };
  const own = [member, admin, owner, blocked, blocker];
  const files = new Map(await Promise.all(own.map(async (by) => [by, (await api.addFile(by.id, group)).id] as const)));
  const firsts = new Map<Person, number>();
  for (const by of [owner, blocked, blocker]) firsts.set(by, await scene.say(by, directOf(by)));
  const sent = await (await deviceOf(owner)).ask({
    action: 'message',
    conversationId: group,
    text: 'said with a file',
    mediaIds: [files.get(owner)],
  });
  const deputy = await api.register('deputy');
  await owner.call('POST /conversations/{id}/members', { params: { id: group }, body: { userIds: [deputy.id] } });
  await owner.call('PUT /users/me/blocks/{id}', { params: { id: blocked.id } });
  await blocker.call('PUT /users/me/blocks/{id}', { params: { id: owner.id } });
  return {
    ...scene,
    /** A file of each member for the group; that of the owner is in a message. */
    files,
    file: files.get(owner) ?? '',
    fileSeq: Sent.parse(sent.ok).seq,
    /** The `seq` of a person's message in their direct conversation, from before the block. */
    firstIn: (by: Person) => firsts.get(by),
    tokens: await tokensOfOutsiders(api, deputy),
  };
}

/** The tokens of those who may do nothing: `nobody` has none. The tokens of `member`, a member of the group, are no longer valid. */
async function tokensOfOutsiders(api: Api, member: Person): Promise<Record<Outsider, string | undefined>> {
  const [erased, forging] = [await api.register('erased'), await signingKey(api.signingKey.kid)];
  await erase(erased);
  const login = { userId: member.id, familyId: api.familyOf(member.token) };
  const longAgo = Date.now() - 2 * limits.accessTokenSeconds * 1_000;
  return {
    nobody: undefined,
    forger: await signAccessToken(forging.secret, api.origin, login, Date.now()),
    expired: await signAccessToken(api.signingKey, api.origin, login, longAgo),
    revoked: await tokenOfEndedLogin(api, member),
    erased: erased.token,
  };
}

/** Shows once more that somebody knows their password. */
export async function confirm(person: Person): Promise<void> {
  await person.call('POST /auth/confirm', { body: { password } });
}

/** Erases somebody's account. */
export async function erase(person: Person): Promise<void> {
  await confirm(person);
  await person.call('DELETE /users/me');
}

/** The access token of a login that is over, which would be valid for ten more minutes. */
export async function tokenOfEndedLogin(api: Api, { username }: Person): Promise<string> {
  const { body } = await api.call('POST /auth/login', { body: { login: username, password } });
  await api.call('POST /auth/logout', { body: { refreshToken: body.refreshToken } });
  return body.accessToken;
}

/** An id that nothing has. */
export const noId = v7();
