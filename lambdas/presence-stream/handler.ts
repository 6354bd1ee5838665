import { sightingsOf } from '#adapters/dynamo/connections/sessions.ts';
import { createNews } from '#adapters/queues/presence-changes.ts';
import { newsOf } from '#core/people/presence-changes.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { streamHandler } from '#lambdas/kit/stream.ts';

const send = createNews(setting('PRESENCE_QUEUE_URL'));

/** Notices who came, who went, and who hid. What is told, and to whom, is for `presence-push`. */
export const handler = streamHandler(async (_, records) => {
  for (const { before, after } of records) {
    const { was, is, at } = sightingsOf(before, after);
    for (const news of newsOf(was, is, at)) await send(news);
  }
}, 'userId');
