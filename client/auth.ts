import type { Login, Register, Session, User } from 'storm-chat-protocol/accounts';
import { defaultPlatform } from './default-platform.ts';
import type { Failure, Result } from './failures.ts';
import { callHttp, type HttpCall } from './http.ts';
import type { Platform } from './platform.ts';

const refreshLock = 'storm-refresh';
/** The access token is renewed this long before it expires. */
const marginMs = 60_000;

export interface AuthOptions {
  /** The base address of the HTTP API. */
  readonly httpUrl: string;
  /** Replaces the platform that is chosen by what is there. */
  readonly platform?: Platform;
  /** Called when the session ends without `logout`: it was revoked, it expired, or another person signed in. */
  readonly onEnd?: (failure: Failure) => void;
}

/** The session of a person, and HTTP calls in their name. */
export class Auth {
  readonly platform: Platform;
  readonly #options: AuthOptions;
  #user: User | undefined;
  #token: { readonly value: string; readonly renewAt: number } | undefined;
  #refreshToken: string | undefined;
  #refreshing: Promise<Result<string>> | undefined;

  constructor(options: AuthOptions) {
    this.#options = options;
    this.platform = options.platform ?? defaultPlatform();
  }

  get user(): User | undefined {
    return this.#user;
  }

  /**
   * For programs that `restore` the session later. Undefined in browsers, where it is a cookie. It changes with every refresh.
   */
  get refreshToken(): string | undefined {
    return this.#refreshToken;
  }

  register(details: Register): Promise<Result<User>> {
    return this.#begin('/auth/register', details);
  }

  login(details: Login): Promise<Result<User>> {
    return this.#begin('/auth/login', details);
  }

  /** Continues an earlier session: in browsers the one of the cookie, elsewhere the one of the given refresh token. */
  async restore(refreshToken?: string): Promise<Result<User>> {
    this.#refreshToken = refreshToken;
    return this.platform.lock(refreshLock, () => this.#begin('/auth/refresh', this.#credentials()));
  }

  /** Ends the session here and on the server. Nothing changes if that fails. */
  async logout(): Promise<Result<void>> {
    const result = await this.#send<void>({ method: 'POST', path: '/auth/logout', body: this.#credentials() });
    if ('error' in result && result.error.code !== 'unauthorized') return result;
    this.#forget();
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
    if (this.#token && this.platform.now() < this.#token.renewAt) return { ok: this.#token.value };
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** Must be called when the server refused this token. The next `token()` fetches another one. */
  discard(token: string): void {
    if (this.#token?.value === token) this.#token = undefined;
  }

  /** Must be called when the server has ended the session. */
  end(failure: Failure): void {
    if (this.#user === undefined) return;
    this.#forget();
    this.#options.onEnd?.(failure);
  }

  async #begin(path: string, body: unknown): Promise<Result<User>> {
    const result = await this.#fetchSession(path, body);
    if ('error' in result) return result;
    this.#user = result.ok.user;
    return { ok: result.ok.user };
  }

  async #refresh(): Promise<Result<string>> {
    const result = await this.platform.lock(refreshLock, () =>
      this.#fetchSession('/auth/refresh', this.#credentials()),
    );
    if ('ok' in result) {
      if (result.ok.user.id === this.#user?.id) return { ok: result.ok.accessToken };
      this.end({ code: 'unauthorized', message: 'Another person signed in.', temporary: false });
      return { error: { code: 'unauthorized', message: 'Nobody is signed in.', temporary: false } };
    }
    if (!result.error.temporary) this.end(result.error);
    return result;
  }

  async #fetchSession(path: string, body: unknown): Promise<Result<Session>> {
    // Each refresh replaces the refresh token. `keepalive` lets the browser store the new cookie even if the page is closed meanwhile.
    const result = await this.#send<Session>({ method: 'POST', path, body, keepalive: true });
    if ('error' in result) return result;
    const { accessToken, expiresIn, refreshToken } = result.ok;
    this.#token = { value: accessToken, renewAt: this.platform.now() + expiresIn * 1000 - marginMs };
    if (!this.platform.cookies) this.#refreshToken = refreshToken;
    return result;
  }

  #credentials(): { refreshToken?: string } {
    return this.#refreshToken === undefined ? {} : { refreshToken: this.#refreshToken };
  }

  #forget(): void {
    this.#user = undefined;
    this.#token = undefined;
    this.#refreshToken = undefined;
  }

  #send<T>(call: HttpCall): Promise<Result<T>> {
    return callHttp<T>(this.platform, this.#options.httpUrl, call);
  }
}
