import { sightingsOf } from '../../adapters/dynamo/sessions.ts';
import { createNews } from '../../adapters/queues/presence.ts';
import { newsOf } from '../../core/people/watchers.ts';
import { setting } from '../kit/environment.ts';
import { streamHandler } from '../kit/stream.ts';

const send = createNews(setting('PRESENCE_QUEUE_URL'));

/** Notices who came, who went, and who hid. What is told, and to whom, is for `presence-push`. */
export const handler = streamHandler(async (_, records) => {
  for (const { before, after } of records) {
    const { was, is, at } = sightingsOf(before, after);
    for (const news of newsOf(was, is, at)) await send(news);
  }
}, 'userId');
