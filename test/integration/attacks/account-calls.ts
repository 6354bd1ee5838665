import { createECDH, randomBytes } from 'node:crypto';
import type { Person } from '#test/helpers/api.ts';
import { password } from '#test/helpers/api.ts';
import { all, type CallCase, type Cases, everyone } from './calls.ts';
import { confirm, noId, type Scene } from './cast.ts';

let accounts = 0;

async function freshToken({ api }: Scene, { username }: Person): Promise<string> {
  return (await api.call('POST /auth/login', { body: { login: username, password } })).body.refreshToken;
}

function browser() {
  const p256dh = createECDH('prime256v1').generateKeys('base64url');
  const keys = { p256dh, auth: randomBytes(16).toString('base64url') };
  return { endpoint: `https://push.example/${randomBytes(8).toString('hex')}`, keys };
}

async function subscription(by: Person): Promise<string> {
  return (await by.call('POST /push/subscriptions', { body: browser() })).body.id;
}

async function anotherLogin({ api }: Scene, { username }: Person): Promise<string> {
  const { body } = await api.call('POST /auth/login', { body: { login: username, password } });
  return api.familyOf(body.accessToken);
}

const newPassword = 'something else entirely';

/** The routes about people and their accounts. */
export const accountCalls = {
  'POST /auth/register': [
    {
      request() {
        const username = `attacker${++accounts}`;
        return { body: { username, email: `${username}@example.org`, password, displayName: 'Attacker' } };
      },
      may: 'open',
    },
  ],
  'POST /auth/login': [{ request: (_, { username }) => ({ body: { login: username, password } }), may: 'open' }],
  'POST /auth/refresh': [
    { request: async (scene, by) => ({ body: { refreshToken: await freshToken(scene, by) } }), may: 'open' },
  ],
  'POST /auth/logout': [
    { request: async (scene, by) => ({ body: { refreshToken: await freshToken(scene, by) } }), may: 'open' },
  ],
  'POST /auth/confirm': [{ request: () => ({ body: { password } }), may: 'oneself' }],
  'POST /auth/password': [
    {
      async request(_, by) {
        await confirm(by);
        return { body: { newPassword } };
      },
      may: 'oneself',
    },
    { about: 'unconfirmed', request: () => ({ body: { newPassword } }), may: all('confirmation_required') },
  ],
  'POST /auth/password/forgot': [
    { request: (_, { username }) => ({ body: { email: `${username}@example.com` } }), may: 'open' },
  ],
  'POST /auth/password/reset': [
    {
      async request(scene) {
        const email = `${(await scene.extra()).username}@example.com`;
        await scene.api.call('POST /auth/password/forgot', { body: { email } });
        return { body: { token: await scene.api.mailedToken(email), newPassword } };
      },
      may: 'open',
    },
  ],
  'POST /auth/email/verify': [
    {
      async request(scene) {
        const person = await scene.extra();
        await person.call('POST /auth/email/verification');
        return { body: { token: await scene.api.mailedToken(`${person.username}@example.com`) } };
      },
      may: 'open',
    },
  ],
  'POST /auth/email/verification': [{ request: () => ({}), may: 'oneself' }],
  'GET /auth/sessions': [{ request: () => ({}), may: everyone }],
  'DELETE /auth/sessions/{id}': [
    { request: async (scene, by) => ({ params: { id: await anotherLogin(scene, by) } }), may: everyone },
    {
      about: 'of another person',
      request: ({ api, people }, by) => ({
        params: { id: api.familyOf((by === people.owner ? people.admin : people.owner).token) },
      }),
      may: all('not_found'),
    },
    { about: 'none', request: () => ({ params: { id: noId } }), may: all('not_found') },
  ],
  'DELETE /auth/sessions': [{ request: () => ({}), may: everyone }],
  'POST /auth/validate': [{ request: () => ({}), may: everyone }],
  'GET /.well-known/jwks.json': [{ request: () => ({}), may: 'open' }],
  'GET /health': [{ request: () => ({}), may: 'open' }],

  'GET /users': [{ request: () => ({ query: { username: 'own', limit: '5' } }), may: everyone }],
  'GET /users/me': [{ request: () => ({}), may: everyone }],
  'GET /users/{id}': [
    { request: ({ people }) => ({ params: { id: people.owner.id } }), may: everyone },
    { about: 'nobody', request: () => ({ params: { id: noId } }), may: all('not_found') },
  ],
  'PUT /users/{id}': [
    { request: (_, by) => ({ params: { id: by.id }, body: { displayName: 'Me', bio: 'too' } }), may: everyone },
    {
      about: 'another person',
      request: ({ people }, by) => ({
        params: { id: by === people.owner ? people.admin.id : people.owner.id },
        body: { displayName: 'Somebody else' },
      }),
      may: all('forbidden'),
    },
    { about: 'nobody', request: () => ({ params: { id: noId }, body: { bio: '' } }), may: all('forbidden') },
    {
      about: 'a file of another’s as the avatar',
      request: ({ file }, by) => ({ params: { id: by.id }, body: { avatarMediaId: file } }),
      may: all('not_found'),
    },
  ],
  'GET /users/{id}/presence': [
    {
      request: ({ people }) => ({ params: { id: people.owner.id } }),
      may: { ...everyone, stranger: 'forbidden', former: 'forbidden', owner: 'forbidden' },
    },
    { about: 'nobody', request: () => ({ params: { id: noId } }), may: all('forbidden') },
  ],
  'PUT /users/me/email': [
    {
      async request(_, by) {
        await confirm(by);
        return { body: { email: `new-${by.username}@example.com` } };
      },
      may: 'oneself',
    },
    {
      about: 'unconfirmed',
      request: (_, by) => ({ body: { email: `new-${by.username}@example.com` } }),
      may: all('confirmation_required'),
    },
  ],
  'DELETE /users/me': [
    {
      async request(_, by) {
        await confirm(by);
        return {};
      },
      may: 'oneself',
    },
    { about: 'unconfirmed', request: () => ({}), may: all('confirmation_required') },
  ],
  'GET /users/me/export': [
    {
      async request(_, by) {
        await confirm(by);
        return { query: {} };
      },
      may: 'oneself',
    },
    { about: 'unconfirmed', request: () => ({}), may: all('confirmation_required') },
  ],
  'GET /users/me/activity': [{ request: () => ({}), may: everyone }],
  'GET /users/me/settings': [{ request: () => ({}), may: everyone }],
  'PATCH /users/me/settings': [
    {
      request: () => ({
        body: { privateRead: false, invisible: false, pushText: true, language: 'fr', theme: 'dark' },
      }),
      may: everyone,
    },
  ],
  'GET /users/me/blocks': [{ request: () => ({}), may: everyone }],
  'PUT /users/me/blocks/{id}': [
    { request: async ({ extra }) => ({ params: { id: (await extra()).id } }), may: everyone },
    { about: 'nobody', request: () => ({ params: { id: noId } }), may: all('not_found') },
    { about: 'oneself', request: (_, by) => ({ params: { id: by.id } }), may: all('bad_request') },
  ],
  'DELETE /users/me/blocks/{id}': [{ request: () => ({ params: { id: noId } }), may: everyone }],

  'GET /push/key': [{ request: () => ({}), may: everyone }],
  'POST /push/subscriptions': [
    { request: () => ({ body: browser() }), may: everyone },
    {
      about: 'an app, without a platform',
      request: () => ({ body: { platform: 'fcm', token: 'a'.repeat(16) } }),
      may: all('forbidden'),
    },
    {
      about: 'an address inside of the cloud',
      request: () => ({ body: { ...browser(), endpoint: 'https://169.254.169.254/latest/meta-data' } }),
      may: all('bad_request'),
    },
  ],
  'DELETE /push/subscriptions/{id}': [
    { request: async (_, by) => ({ params: { id: await subscription(by) } }), may: everyone },
  ],
} as const satisfies Readonly<Record<string, Cases<CallCase>>>;
