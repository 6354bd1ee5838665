import * as z from 'zod/mini';
import { discordBody, slackBody } from './bodies.ts';
import type { Notice } from './notice.ts';

/** A webhook has its key in its address, so the address is as secret as a password. */
const address = z.url({ protocol: /^https$/ });
const onThisMachine = z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ });
const Addresses = z.object({
  slack: z.optional(z.union([address, onThisMachine])),
  discord: z.optional(z.union([address, onThisMachine])),
});
export type Addresses = z.infer<typeof Addresses>;

export const Service = z.enum(['slack', 'discord']);
export type Service = z.infer<typeof Service>;

const bodies = { slack: slackBody, discord: discordBody } satisfies Record<Service, (notice: Notice) => object>;

/** Both services answer within a second. */
const timeoutMs = 4_000;

/** Reads the addresses out of the secret. Its error has no part of the text. */
export function readAddresses(secret: string | undefined): Addresses {
  try {
    return Addresses.parse(JSON.parse(secret ?? ''));
  } catch {
    throw new Error('The secret of the webhooks is not {"slack": "https://…", "discord": "https://…"}');
  }
}

/** Posts a notice to a service. Returns why it wasn't taken, without the address, or undefined if it was. Redirects are not followed. */
export async function post(to: Service, url: string, notice: Notice): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodies[to](notice)),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    // The message of an error may have the address.
    return error instanceof Error ? error.name : 'unknown';
  }
}
