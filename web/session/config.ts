/** The addresses of the backend. The deployment writes them to `/config.json`, on the origin of the page. */
export interface Config {
  readonly httpUrl: string;
  readonly wsUrl: string;
}

/** @throws if the file can't be fetched */
export async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { cache: 'no-cache' });
  if (!response.ok) throw new Error(`config.json: HTTP status ${response.status}`);
  return response.json();
}
