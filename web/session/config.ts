/** The addresses of the backend, and what it can do. The deployment writes them to `/config.json`, on the origin of the page. */
export interface Config {
  readonly httpUrl: string;
  readonly wsUrl: string;
  /** Whether the backend sends mails. Without them a forgotten password can't be replaced. */
  readonly mails: boolean;
  /** With `required`, nobody reaches others before they have shown that they get mail at their address. */
  readonly verifiedEmail: 'required' | 'optional' | 'off';
}

/** @throws if the file can't be fetched */
export async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { cache: 'no-cache' });
  if (!response.ok) throw new Error(`config.json: HTTP status ${response.status}`);
  return response.json();
}
