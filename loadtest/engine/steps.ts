import * as z from 'zod/mini';

/** The conversations that each row of the file of users names: with one other, with seven others, and with a whole room. */
const Place = z.enum(['direct', 'group', 'room']);
export type Place = z.infer<typeof Place>;

const times = z._default(z.number().check(z.gte(1)), 1);

/** The steps of a scenario. Each is an object with one key. */
export const Step = z.union([
  /** Signs in with the password. */
  z.strictObject({ signIn: z.strictObject({}) }),
  /** Has the server check the access token, and renews it, so many times. */
  z.strictObject({ validateToken: z.strictObject({ times }) }),
  z.strictObject({ refreshToken: z.strictObject({ times }) }),
  /** Opens a socket, and catches up. */
  z.strictObject({ connect: z.strictObject({}) }),
  /**
   * Sends messages until the end of the test, at random times, `perMinute` of them on average, whether or not those before were
   * answered (an open loop). Of the users only this `share` sends, 0 to 1; the others listen.
   */
  z.strictObject({
    send: z.strictObject({
      in: Place,
      perMinute: z.number().check(z.gt(0)),
      share: z._default(z.number().check(z.gt(0), z.lte(1)), 1),
      characters: z._default(z.number().check(z.gte(80), z.lte(4_000)), 120),
    }),
  }),
  /** Stays until the end of the test. */
  z.strictObject({ listen: z.strictObject({}) }),
  /**
   * Waits until all that was sent is answered, reads the history since the user connected, and compares it with what was received and
   * answered. Only this `share` of the users does so.
   */
  z.strictObject({
    expectDeliveries: z.strictObject({ in: Place, share: z._default(z.number().check(z.gt(0), z.lte(1)), 1) }),
  }),
  /** Reads the history backwards, by pages of 50, until the end of the test, a page every `pauseSeconds`. */
  z.strictObject({ readHistory: z.strictObject({ in: Place, pauseSeconds: z.number().check(z.gt(0)) }) }),
  /** Asks for all changes since the user's cursors. */
  z.strictObject({ sync: z.strictObject({ times }) }),
  /** Uploads a picture and sends it, until the end of the test, one every `pauseSeconds`. */
  z.strictObject({ upload: z.strictObject({ in: Place, pauseSeconds: z.number().check(z.gt(0)) }) }),
  /** Loses its socket, as by a lost network, every `pauseSeconds` until the end of the test, and comes back by itself. */
  z.strictObject({ reconnect: z.strictObject({ pauseSeconds: z.number().check(z.gt(0)) }) }),
]);
export type Step = z.infer<typeof Step>;

/** What the script says to the engine, in `config.engines.storm`. */
export const EngineOptions = z.object({
  httpUrl: z.url(),
  wsUrl: z.url(),
  /** How long the test lasts from the first user of this process on. */
  seconds: z.number().check(z.gt(0)),
});
export type EngineOptions = z.infer<typeof EngineOptions>;

/** A row of the file of users. Artillery turns texts that look like numbers into numbers. */
export const User = z.object({
  username: z.coerce.string(),
  password: z.coerce.string(),
  direct: z.string(),
  group: z.string(),
  room: z.string(),
});
export type User = z.infer<typeof User>;
