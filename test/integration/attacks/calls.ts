import type { Code } from '#protocol/failures.ts';
import type { Call, Person } from '#test/helpers/api.ts';
import type { Insider, Scene } from './cast.ts';

/** What each of the insiders is answered. */
export type Rights = Readonly<Record<Insider, 'ok' | Code>>;

/** A call or a frame that is valid as far as it can be for everybody, and who may make it. */
export interface Case<Request> {
  /** Which thing the request is about, if the route has several cases. */
  readonly about?: string;
  /** The request of a person. The things that it needs are created when it is asked for. */
  readonly request: (scene: Scene, by: Person) => Request | Promise<Request>;
  /**
   * Who may: anyone without a token (`open`), every person for themselves, which is tried with someone else because it can be done
   * only once (`oneself`), or those who are answered `ok`. Of the second and further cases some insiders may be missing.
   */
  readonly may: 'open' | 'oneself' | Rights | Partial<Rights>;
}

export type CallCase = Case<Omit<Call, 'token'>>;
export type FrameCase = Case<Record<string, unknown>>;

/** The cases of a route or action. The first one says what everybody may, and its request has every field that there is. */
export type Cases<One extends CallCase | FrameCase> = readonly [
  One & { readonly may: 'open' | 'oneself' | Rights },
  ...One[],
];

export const everyone: Rights = {
  stranger: 'ok',
  former: 'ok',
  blocked: 'ok',
  blocker: 'ok',
  member: 'ok',
  admin: 'ok',
  owner: 'ok',
};
/** Blocks don't count in groups. */
export const members: Rights = { ...everyone, stranger: 'forbidden', former: 'forbidden' };
export const managers: Rights = { ...members, blocked: 'forbidden', blocker: 'forbidden', member: 'forbidden' };
export const ownerOnly: Rights = { ...managers, admin: 'forbidden' };

/** The same answer for everyone. */
export function all(code: Code): Rights {
  return { stranger: code, former: code, blocked: code, blocker: code, member: code, admin: code, owner: code };
}
