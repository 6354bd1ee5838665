import * as z from 'zod/mini';
import { logger } from '#lambdas/kit/log.ts';
import type { Outcome } from '#lambdas/kit/queue.ts';
import { readNotice } from './notice.ts';
import { type Addresses, post, Service } from './post.ts';

/** What SNS puts into a queue, and what is put there again for a service that didn't take it. */
export const Published = z.object({ Message: z.string(), to: z.optional(Service) });
export type Published = z.infer<typeof Published>;

export interface TellPorts {
  readonly addresses: () => Promise<Addresses>;
  /** Has a message come again. */
  readonly again: (messages: Published[]) => Promise<void>;
  readonly now: () => number;
}

/** Tells the services that have an address. Only those that didn't take it get it again. */
export async function tell({ addresses, again, now }: TellPorts, { Message, to }: Published): Promise<Outcome> {
  const known = await addresses();
  const notice = readNotice(parsed(Message), now());
  const asked = Service.options.flatMap((service) => {
    const url = known[service];
    return url && (to ?? service) === service ? { service, url } : [];
  });
  const answers = await Promise.all(
    asked.map(async ({ service, url }) => ({ service, why: await post(service, url, notice) })),
  );
  const failed = answers.filter(({ why }) => why !== undefined);
  if (failed.length === 0) return 'done';
  logger.warn('Webhooks did not take a notice', { notice: notice.title, failed });
  if (failed.length === answers.length) return 'retry';
  await again(failed.map(({ service }) => ({ Message, to: service })));
  return 'done';
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return message;
  }
}
