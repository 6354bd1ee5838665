import { createQueue } from '#adapters/queues/queue.ts';
import { secretsManager } from '#adapters/secrets/store.ts';
import { setting } from '#lambdas/kit/environment.ts';
import { queueHandler } from '#lambdas/kit/queue.ts';
import { readAddresses } from './post.ts';
import { Published, tell } from './tell.ts';

const secrets = secretsManager();
const queue = createQueue<Published>(setting('NOTICES_QUEUE_URL'));

const ports = {
  // Alarms are rare, so a new address needs no restart.
  addresses: async () => readAddresses(await secrets.read(setting('WEBHOOKS_SECRET_ARN'))),
  again: (messages: Published[]) => queue.sendAll(messages, 30),
  now: Date.now,
};

/** Works on the queue Notices: tells Slack and Discord of alarms. */
export const handler = queueHandler(Published, (message) => tell(ports, message));
