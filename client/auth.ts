import type { Login, Register, Session, User } from 'storm-chat-protocol/accounts';
import { defaultPlatform } from './default-platform.ts';
import { type Failure, fail, offline, type Result } from './failures.ts';
import { callHttp, type HttpCall } from './http.ts';
import type { Platform } from './platform.ts';
import { timeSpan } from './time-span.ts';

const refreshLock = 'storm-refresh';
/** The access token is renewed this long before it expires. */
const marginMs = 60_000;

/**
 * Where a program keeps its refresh token, so that it can restore the session after a restart. Browsers keep it in an HttpOnly
 * cookie and don't need one. If one of these rejects, the session goes on, and only the next start has to log in again.
 */
export interface TokenStore {
  load(): Promise<string | undefined>;
  /** Replaces the token, which each refresh changes. It is undefined when the session is over. */
  save(refreshToken: string | undefined): Promise<void>;
}

export interface AuthOptions {
  /** The base address of the HTTP API. */
  readonly httpUrl: string;
  /** Replaces the platform that is chosen by what is there. */
  readonly platform?: Platform;
  /** Keeps the refresh token. Without one it is in memory. */
  readonly store?: TokenStore;
  /**
   * Keeps the token that says that this device has logged in before: it isn't locked out while somebody guesses at the password
   * elsewhere. It outlives the session.
   */
  readonly deviceStore?: TokenStore;
  /**
   * Called when the session ends without `logout`: it was revoked, it expired, or another person signed in. With the code `maintenance` the
   * service was shut before, and has ended all sessions because it was restored from a backup.
   */
  readonly onEnd?: (failure: Failure) => void;
}

/** The session of a person, and HTTP calls in their name. */
export class Auth {
  readonly platform: Platform;
  readonly #options: AuthOptions;
  readonly #store: TokenStore;
  readonly #deviceStore: TokenStore;
  #user: User | undefined;
  #token: { readonly value: string; readonly isOld: () => boolean } | undefined;
  #renewing: Promise<Result<Session>> | undefined;
  /** Whether `logout` is under way. The socket hears of the end of the session before the call has its answer. */
  #isLeaving = false;
  /** Whether the server was shut for maintenance since the last refresh. */
  #wasShut = false;

  constructor(options: AuthOptions) {
    this.#options = options;
    this.platform = options.platform ?? defaultPlatform();
    this.#store = options.store ?? memoryTokenStore();
    this.#deviceStore = options.deviceStore ?? memoryTokenStore();
  }

  get user(): User | undefined {
    return this.#user;
  }

  register(details: Register): Promise<Result<User>> {
    return this.#begin('/auth/register', details);
  }

  async login(details: Login): Promise<Result<User>> {
    const deviceToken = this.platform.cookies ? undefined : await this.#deviceStore.load().catch(warn);
    return this.#begin('/auth/login', { ...details, ...(deviceToken !== undefined && { deviceToken }) });
  }

  /** Continues an earlier session: in browsers the one of the cookie, elsewhere the one of the token store. */
  async restore(): Promise<Result<User>> {
    const result = await this.#renew();
    if ('error' in result) return result;
    this.#user = result.ok.user;
    return { ok: result.ok.user };
  }

  /**
   * Continues an earlier session before the server has answered, for a start with what is known of last time. The first call that reaches the server
   * finds out whether the session is still there, and whether it is that of this person; otherwise `onEnd` is called. It may follow a
   * `restore` that has no answer yet.
   */
  resume(user: User): void {
    this.#user ??= user;
  }

  /** Has a link for a new password sent to this address. The answer is the same whether or not an account has it. */
  forgotPassword(email: string): Promise<Result<void>> {
    return this.#send({ method: 'POST', path: '/auth/password/forgot', body: { email } });
  }

  /** Sets a new password with the token of that link. All the person's sessions end. */
  resetPassword(token: string, newPassword: string): Promise<Result<void>> {
    return this.#send({ method: 'POST', path: '/auth/password/reset', body: { token, newPassword } });
  }

  /** Shows with the token of a mail that the person gets mail at an address. */
  verifyEmail(token: string): Promise<Result<void>> {
    return this.#send({ method: 'POST', path: '/auth/email/verify', body: { token } });
  }

  /** Ends the session here and on the server. Nothing changes if that fails. */
  async logout(): Promise<Result<void>> {
    this.#isLeaving = true;
    const body = await this.#credentials();
    const result = await this.#send<void>({ method: 'POST', path: '/auth/logout', body });
    this.#isLeaving = false;
    if ('error' in result && !isOver(result.error)) return result;
    await this.#forget();
    return { ok: undefined };
  }

  /** Makes an HTTP call in the person's name. If the server refuses the token, it tries once more with a fresh one. */
  async call<T>(call: HttpCall): Promise<Result<T>> {
    const token = await this.token();
    if ('error' in token) return token;
    const result = await this.#send<T>({ ...call, token: token.ok });
    if ('ok' in result || result.error.code !== 'unauthorized') return result;
    this.discard(token.ok);
    const fresh = await this.token();
    return 'error' in fresh ? fresh : this.#send<T>({ ...call, token: fresh.ok });
  }

  /** Resolves with a valid access token. Concurrent calls share one refresh. */
  async token(): Promise<Result<string>> {
    // Until a renewal is over, nobody knows whose token it has brought.
    if (this.#token && !this.#renewing && !this.#token.isOld()) return { ok: this.#token.value };
    const result = await this.#renew();
    if ('error' in result) return result;
    if (this.#user === undefined) return fail('unauthorized', 'Nobody is signed in.');
    return { ok: result.ok.accessToken };
  }

  /** Must be called when the server refused this token. The next `token()` fetches another one. */
  discard(token: string): void {
    if (this.#token?.value === token) this.#token = undefined;
  }

  /** Must be called when the server has ended the session. */
  end(failure: Failure): void {
    if (this.#user === undefined || this.#isLeaving) return;
    void this.#forget();
    this.#options.onEnd?.(failure);
  }

  async #begin(path: '/auth/register' | '/auth/login', body: unknown): Promise<Result<User>> {
    const result = await this.#fetchSession(path, body);
    if ('error' in result) return result;
    this.#user = result.ok.user;
    return { ok: result.ok.user };
  }

  /** Uses the refresh token. Concurrent calls share one use. */
  #renew(): Promise<Result<Session>> {
    this.#renewing ??= this.#refresh().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /**
   * Its failure is permanent only if the server says that the session is over, or if it is somebody else's now. Anything else may come from
   * a proxy or from a fault, and must not sign the person out.
   */
  async #refresh(): Promise<Result<Session>> {
    const result = await this.platform.lock(refreshLock, async () =>
      this.#fetchSession('/auth/refresh', await this.#credentials()),
    );
    if ('error' in result) {
      const error = { ...result.error, temporary: !isOver(result.error) };
      if (!error.temporary) this.end(this.#wasShut ? { ...error, code: 'maintenance' } : error);
      return { error };
    }
    const { user } = result.ok;
    if (this.#user !== undefined && this.#user.id !== user.id) {
      const other = fail('unauthorized', 'Another person signed in.');
      this.discard(result.ok.accessToken);
      this.end(other.error);
      return other;
    }
    // Their profile may have changed on another device.
    if (this.#user !== undefined) this.#user = user;
    return result;
  }

  async #fetchSession(path: string, body: unknown): Promise<Result<Session>> {
    // Each refresh replaces the refresh token. `keepalive` lets the browser store the new cookie even if the page is closed meanwhile.
    const result = await this.#send<Session>({ method: 'POST', path, body, keepalive: true });
    if ('error' in result) return result;
    // A captive portal answers everything with a page of its own, or with nothing.
    if (!result.ok?.accessToken) return offline('The answer has no session.');
    this.#wasShut = false;
    const { accessToken, expiresIn, refreshToken, deviceToken } = result.ok;
    this.#token = { value: accessToken, isOld: timeSpan(this.platform, expiresIn * 1000 - marginMs) };
    // It is stored before anything uses the session. Otherwise a crash could leave a token that the next one has replaced.
    if (!this.platform.cookies) await this.#keep(refreshToken);
    if (!this.platform.cookies && deviceToken !== undefined) await this.#deviceStore.save(deviceToken).catch(warn);
    return result;
  }

  async #credentials(): Promise<{ refreshToken?: string }> {
    if (this.platform.cookies) return {};
    // Another program may share the store and have replaced the token.
    const refreshToken = await this.#store.load().catch(warn);
    return refreshToken === undefined ? {} : { refreshToken };
  }

  async #forget(): Promise<void> {
    this.#user = undefined;
    this.#token = undefined;
    if (!this.platform.cookies) await this.#keep(undefined);
  }

  async #keep(refreshToken: string | undefined): Promise<void> {
    await this.#store.save(refreshToken).catch(warn);
  }

  async #send<T>(call: HttpCall): Promise<Result<T>> {
    const result = await callHttp<T>(this.platform, this.#options.httpUrl, call);
    if ('error' in result && result.error.code === 'maintenance') this.#wasShut = true;
    return result;
  }
}

/** Whether the server says that the session is over. */
function isOver({ code }: Failure): boolean {
  return code === 'unauthorized' || code === 'token_reused';
}

function memoryTokenStore(): TokenStore {
  let kept: string | undefined;
  return {
    load: async () => kept,
    save: async (refreshToken) => {
      kept = refreshToken;
    },
  };
}

function warn(cause: unknown): undefined {
  console.warn('The token store failed', cause);
}
