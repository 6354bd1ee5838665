import * as z from 'zod/mini';
import type { ProfileName } from './profiles.ts';

/** What the page's `config.json` says of a deployment. */
const Target = z.object({ httpUrl: z.url(), wsUrl: z.url(), stage: z.string() });
export type Target = z.infer<typeof Target>;

export class Refusal extends Error {}

export interface Wish {
  readonly profile: ProfileName;
  /** The address of the page, as it was typed. */
  readonly target: string | undefined;
  /** The stage that whoever typed it means. */
  readonly stage: string | undefined;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
export const isLoopback = (url: string): boolean => loopback.has(new URL(url).hostname);

/**
 * Says which deployment may be loaded, or refuses. `smoke` starts a stack of its own unless a target is named. Any other load needs both the
 * address and the stage, typed in this command, so that neither a forgotten variable nor a pasted address loads a service in which people
 * talk. `find` asks an address what it is.
 */
export async function chooseTarget(
  { profile, target, stage }: Wish,
  find: (url: string) => Promise<Target>,
): Promise<Target | 'own stack'> {
  if (target === undefined) {
    if (profile === 'smoke') return 'own stack';
    throw new Refusal(`The profile ${profile} needs --target and --stage.`);
  }
  if (!URL.canParse(target))
    throw new Refusal('--target must be the address of the page, such as https://chat.example.com.');
  const found = await find(target);
  if (isLoopback(target) && isLoopback(found.httpUrl) && isLoopback(found.wsUrl)) return found;
  if (stage === undefined) throw new Refusal(`Name the stage that you mean: --stage, such as dev-storm.`);
  if (found.stage !== stage) throw new Refusal(`The stage at ${target} is ${found.stage}, and not ${stage}.`);
  return found;
}

export async function findTarget(url: string): Promise<Target> {
  return Target.parse(await (await fetch(new URL('config.json', url))).json());
}
