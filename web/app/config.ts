/** Where the backend is, as `/config.json` on the page's own origin says. */
export interface Config {
  readonly httpUrl: string;
  readonly wsUrl: string;
}

/** Rejects when it can't be had. */
export async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { cache: 'no-cache' });
  if (!response.ok) throw new Error(`config.json: HTTP status ${response.status}`);
  return response.json();
}
