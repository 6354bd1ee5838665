import type { Place, Step } from './engine/steps.ts';

/** A step as it is written here: `plan.ts` adds to `send` how many messages a minute that is. */
type Planned = Exclude<Step, { send: unknown }> | { readonly send: { readonly in: Place; readonly share: number } };

/** A kind of user, and how many of a hundred are of it. */
interface Scenario {
  readonly name: string;
  readonly weight: number;
  readonly flow: readonly Planned[];
}

const talk = (name: string, place: Place, weight: number, share = 1): Scenario => ({
  name,
  weight,
  flow: [
    { signIn: {} },
    { connect: {} },
    { send: { in: place, share } },
    // Each member of a room would read the same history: some of them are enough.
    { expectDeliveries: { in: place, share: place === 'room' ? 0.1 : 1 } },
  ],
});

const readers = (weight: number): Scenario => ({
  name: 'history readers',
  weight,
  flow: [{ signIn: {} }, { connect: {} }, { sync: { times: 3 } }, { readHistory: { in: 'room', pauseSeconds: 2 } }],
});

const tokens = (weight: number): Scenario => ({
  name: 'token validation',
  weight,
  flow: [{ signIn: {} }, { validateToken: { times: 10 } }, { refreshToken: { times: 2 } }, { listen: {} }],
});

const media = (weight: number): Scenario => ({
  name: 'media',
  weight,
  flow: [{ signIn: {} }, { connect: {} }, { upload: { in: 'direct', pauseSeconds: 15 } }],
});

const losing = (weight: number): Scenario => ({
  name: 'reconnect storm',
  weight,
  flow: [
    { signIn: {} },
    { connect: {} },
    { reconnect: { pauseSeconds: 15 } },
    { expectDeliveries: { in: 'group', share: 1 } },
  ],
});

/** The load tests. Several scenarios in one run at the same time. */
export const tests = {
  'connect-storm': [{ name: 'connect storm', weight: 100, flow: [{ signIn: {} }, { connect: {} }, { listen: {} }] }],
  'steady-chat': [talk('direct chat', 'direct', 60), talk('group chat', 'group', 40)],
  'hot-room': [talk('hot room', 'room', 100, 0.2)],
  'history-readers': [talk('group chat', 'group', 30), readers(70)],
  'token-validation': [tokens(100)],
  media: [media(100)],
  'reconnect-storm': [talk('group chat', 'group', 50), losing(50)],
  'mixed-day': [
    talk('direct chat', 'direct', 30),
    talk('group chat', 'group', 20),
    talk('hot room', 'room', 10, 0.2),
    readers(10),
    tokens(10),
    media(10),
    losing(10),
  ],
} as const satisfies Record<string, readonly Scenario[]>;

export type TestName = keyof typeof tests;

export function isTest(name: string): name is TestName {
  return Object.hasOwn(tests, name);
}

export const scenariosOf = (test: TestName): readonly Scenario[] => tests[test];
