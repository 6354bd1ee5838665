import type { ActivityType } from '#protocol/credentials.ts';

type Outcome = 'success' | 'failure' | 'refused';

/**
 * The kinds of security events, each with its outcome. `lambdas/kit/security-log.ts` says which metric counts it,
 * and `docs/runbooks/security-log.md` says what each means. A new kind begins here. Those that a person
 * gets to see (`activityTypes`) are all among them.
 */
export const securityEvents = {
  registered: 'success',
  registration_refused: 'refused',
  login: 'success',
  login_failed: 'failure',
  login_refused: 'refused',
  confirmed: 'success',
  confirmation_failed: 'failure',
  confirmation_refused: 'refused',
  logged_out: 'success',
  session_ended: 'success',
  token_reused: 'refused',
  password_changed: 'success',
  password_reset: 'success',
  email_change_requested: 'success',
  email_changed: 'success',
  email_verified: 'success',
  connection_refused: 'refused',
  connection_closed: 'refused',
  forbidden: 'refused',
  exported: 'success',
  erased: 'success',
} as const satisfies Readonly<Record<string, Outcome>> & Readonly<Record<ActivityType, Outcome>>;

export type SecurityEventName = keyof typeof securityEvents;

/** The limits of attempts: of a typed name from one network, of that name, of a network, of a known device, … */
export type AttemptLimit = 'name_at_network' | 'name' | 'network' | 'device' | 'confirmations';

/** Where a request comes from. */
export interface Source {
  /** An IPv4 address, or the /64 network of an IPv6 address. */
  readonly network: string;
  /** What the device calls itself, in short, such as `Firefox on Linux`. */
  readonly device: string;
}

/**
 * What is recorded of a security event. There is no place for a password, a token, an e-mail address, a name that somebody typed,
 * or the text of a message, and none should be added.
 */
export interface SecurityEvent extends Partial<Source> {
  readonly name: SecurityEventName;
  /** The user whose account it is about. Missing if there is none, such as at a login with an unknown name. */
  readonly userId?: string | undefined;
  /** The login, as in access tokens. */
  readonly familyId?: string | undefined;
  readonly connectionId?: string | undefined;
  /** The route or the action of a request that was refused. */
  readonly operation?: string;
  /**
   * The limit of attempts that was reached; or why a connection was refused: no valid token, a foreign origin or no firewall, a
   * login that is over, a person who was closed for sending too much, or too many at once.
   */
  readonly reason?: AttemptLimit | 'unauthorized' | 'forbidden' | 'refused' | 'paused' | 'contended';
}

/** Records a security event. */
export type RecordEvent = (event: SecurityEvent) => Promise<void>;
