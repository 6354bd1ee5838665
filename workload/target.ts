import type { Target } from './person.ts';

/** The addresses of a stage, from the `config.json` of its page. */
export async function findTarget(url: string): Promise<Target> {
  const { httpUrl, wsUrl } = Object(await (await fetch(new URL('/config.json', url))).json());
  if (typeof httpUrl !== 'string' || typeof wsUrl !== 'string') throw new Error(`${url} has no config.json of STORM`);
  return { httpUrl, wsUrl };
}
