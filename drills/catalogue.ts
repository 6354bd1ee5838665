import type { Drill } from './drill.ts';

const database = 'DYNAMODB*';
const posts = 'APIGATEWAYMANAGEMENTAPI';

/** All drills. What they have in common is that nothing may be lost, doubled or out of order, and nobody may see what isn't theirs. */
export const catalogue = {
  'functions-killed': {
    title: 'Functions die while they work',
    hypothesis: 'Clients send again what has no answer, so people notice delays. Streams and queues try again.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      await inject({ target: '*', kind: 'crash', when: 'running', ms: 30, rate: 0.1 });
      await wait(15_000);
    },
  },
  'dead-after-write': {
    title: 'Functions die after their first write to the database',
    hypothesis:
      'A message that has its number and no content, or is stored and delivered to nobody, is finished when its sender tries again.',
    recoversWithinMs: 20_000,
    async during({ inject, fn, wait }) {
      await inject({ target: fn('message'), kind: 'crash', when: 'written', rate: 0.3 });
      await wait(15_000);
    },
  },
  'dead-before-answer': {
    title: 'Functions die after their work, before they answer',
    hypothesis: 'The answer to a message that is sent again is that of the first time, and nobody sees it twice.',
    recoversWithinMs: 20_000,
    async during({ inject, fn, wait }) {
      await inject({ target: fn('message'), kind: 'crash', when: 'returned', rate: 0.3 });
      await wait(15_000);
    },
  },
  'slow-database': {
    title: 'The database is slow',
    hypothesis: 'Everything takes longer by the delay of a few calls, and nothing fails.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      await inject({ target: database, kind: 'delay', ms: 150 });
      await wait(15_000);
    },
  },
  'database-away': {
    title: 'The database is away for 30 seconds',
    hypothesis: 'Nobody can send or read. What was written in this time is sent when it is back, in order.',
    recoversWithinMs: 30_000,
    async during({ inject, wait }) {
      await inject({ target: database, kind: 'down' });
      await wait(30_000);
    },
  },
  'throttled-tables': {
    title: 'The tables refuse four of ten requests',
    hypothesis: 'The retries of the functions hide most of it: messages are slower, and few have to be sent again.',
    recoversWithinMs: 20_000,
    alarms: ['TablesThrottled'],
    async during({ inject, wait }) {
      await inject({ target: 'DYNAMODB', kind: 'throttle', rate: 0.4 });
      await wait(30_000);
    },
  },
  'half-batches': {
    title: 'Half of the batches are only half done',
    hypothesis: 'What is left is asked for again, so recipients and lists are complete, and a little later.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      await inject({ target: 'DYNAMODB', kind: 'unprocessed', rate: 0.5 });
      await wait(15_000);
    },
  },
  conflicts: {
    title: 'Transactions meet others in a third of the writes',
    hypothesis: 'Edits and reactions are tried again, and none is lost or done twice.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      await inject({ target: 'DYNAMODB', kind: 'conflict', rate: 0.33 });
      await wait(15_000);
    },
  },
  'write-without-answer': {
    title: 'Writes are done, and their answers lost',
    hypothesis:
      'A repeated write finds what it has done itself, so no message has two numbers, and none is there twice.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      for (const operation of ['PutItem', 'UpdateItem', 'TransactWriteItems'])
        await inject({ target: 'DYNAMODB', kind: 'lost-answer', operation, ms: 200, rate: 0.15 });
      await wait(15_000);
    },
  },
  'disk-full': {
    title: 'The disk of the services is full',
    hypothesis: 'Histories can be read, and nothing can be sent. Afterwards everything is sent.',
    recoversWithinMs: 40_000,
    async during({ inject, wait }) {
      for (const target of ['DYNAMODB', 'SQS']) await inject({ target, kind: 'full' });
      await wait(15_000);
    },
  },
  'cache-lost': {
    title: 'The caches of recent messages are lost again and again, and the database is throttled',
    hypothesis: 'Every newest page comes from the database, which is slower, and shows the same.',
    recoversWithinMs: 20_000,
    async during({ inject, fn, wait }) {
      await inject({ target: 'DYNAMODB', kind: 'throttle', operation: 'Query', rate: 0.2 });
      for (let i = 0; i < 5; i++) {
        await inject({ target: fn('conversations'), kind: 'renew' });
        await wait(3_000);
      }
    },
  },
  'storage-away': {
    title: 'The storage of files is away',
    hypothesis: 'Nobody can upload or see files. Messages go on.',
    uploads: true,
    recoversWithinMs: 10_000,
    async during({ inject, wait }) {
      await inject({ target: 'S3', kind: 'down' });
      await wait(10_000);
    },
  },
  'posts-refused': {
    title: 'Half of the posts to sockets are refused (429)',
    hypothesis: 'Frames are posted again, or wait in the queue. They come late, and nobody misses one.',
    recoversWithinMs: 30_000,
    async during({ inject, wait }) {
      await inject({ target: posts, kind: 'throttle', rate: 0.5 });
      await wait(15_000);
    },
  },
  'posts-away': {
    title: 'Nothing can be posted to sockets, and the queue for it takes nothing',
    hypothesis: 'Senders get their answers. The others see messages when a later one shows that some are missing.',
    recoversWithinMs: 30_000,
    async during({ inject, wait }) {
      await inject({ target: posts, kind: 'down' }, { target: 'SQS', kind: 'down' });
      await wait(10_000);
    },
  },
  'posts-lost': {
    title: 'A third of the posts is taken and lost',
    hypothesis: 'Clients see a gap in the numbers with the next message, and fetch what is missing.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      await inject({ target: posts, kind: 'lost', rate: 0.33 });
      await wait(15_000);
    },
  },
  'posts-slow': {
    title: 'Posts to sockets take half a second',
    hypothesis: 'Frames are late by that, and senders get their answers as late.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      await inject({ target: posts, kind: 'delay', ms: 500 });
      await wait(15_000);
    },
  },
  'streams-disturbed': {
    title: 'Batches of streams come late, twice, half and in another order',
    hypothesis:
      'Large rooms, receipts and presence are late. Clients put in order what overtakes, and what comes twice has no second effect.',
    largeRoom: true,
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      await inject(
        { target: '*', kind: 'batch-late', ms: 2_000, rate: 0.3 },
        { target: '*', kind: 'batch-repeated', rate: 0.5 },
        { target: '*', kind: 'batch-reordered', rate: 0.5 },
        { target: '*', kind: 'batch-half-failed', rate: 0.2 },
      );
      await wait(15_000);
    },
  },
  'sockets-cut': {
    title: 'All sockets are cut at once, three times',
    hypothesis: 'Clients come back within seconds, at random times, and catch up.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      for (let i = 0; i < 3; i++) {
        await inject({ target: '*', kind: 'cut' });
        await wait(5_000);
      }
    },
  },
  'disconnect-lost': {
    title: 'Sockets are cut, and the functions never hear of it',
    hypothesis: 'Posts to sockets that are gone are answered 410, and the sessions forgotten.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      await inject({ target: '*', kind: 'disconnect-lost' });
      for (let i = 0; i < 2; i++) {
        await inject({ target: '*', kind: 'cut', rate: 0.6 });
        await wait(5_000);
      }
    },
  },
  'slow-authorizer': {
    title: 'The authorizer takes three seconds while everybody reconnects',
    hypothesis: 'Clients are back later by that time.',
    recoversWithinMs: 20_000,
    async during({ inject, fn, wait }) {
      await inject({ target: fn('authorizer'), kind: 'delay', ms: 3_000 }, { target: '*', kind: 'cut' });
      await wait(10_000);
    },
  },
  'stuck-readers': {
    title: 'One in ten posts finds a client that doesn’t read for ten seconds',
    hypothesis: 'These clients are late, and nobody else is.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      await inject({ target: '*', kind: 'stuck-reader', rate: 0.1, until: Date.now() + 10_000 });
      await wait(10_000);
    },
  },
  'clock-skew': {
    title: 'The clocks of half of the environments are six minutes fast or slow',
    hypothesis: 'Order comes from the conversation’s numbers and not from clocks, so nobody notices.',
    recoversWithinMs: 20_000,
    async during({ inject, wait }) {
      await inject(
        { target: '*', kind: 'clock', ms: 360_000, rate: 0.25 },
        { target: '*', kind: 'clock', ms: -360_000, rate: 0.33 },
        { target: '*', kind: 'renew' },
      );
      await wait(15_000);
    },
    async after({ inject }) {
      await inject({ target: '*', kind: 'renew' });
    },
  },
  'gateway-killed': {
    title: 'The gateway, the functions and the services end at once (kill -9), and start again',
    hypothesis: 'Everything that was acknowledged is there. Clients come back by themselves and send the rest.',
    recoversWithinMs: 30_000,
    async during({ stack, wait }) {
      await stack.kill();
      await wait(3_000);
      await stack.start();
    },
  },
  storm: {
    title: 'Everything at once, a little',
    hypothesis: 'Messages are late, and none is lost, doubled or out of order.',
    recoversWithinMs: 60_000,
    async during({ inject, fn, wait }) {
      await inject(
        { target: 'DYNAMODB', kind: 'throttle', rate: 0.1 },
        { target: 'DYNAMODB', kind: 'lost-answer', operation: 'UpdateItem', rate: 0.05 },
        { target: 'DYNAMODB', kind: 'conflict', rate: 0.1 },
        { target: fn('message'), kind: 'crash', when: 'written', rate: 0.1 },
        { target: '*', kind: 'crash', when: 'running', ms: 30, rate: 0.03 },
        { target: posts, kind: 'lost', rate: 0.1 },
        { target: posts, kind: 'throttle', rate: 0.1 },
        { target: '*', kind: 'batch-repeated', rate: 0.3 },
        { target: '*', kind: 'disconnect-lost', rate: 0.5 },
        { target: '*', kind: 'cut', rate: 0.4 },
      );
      await wait(10_000);
    },
  },
} satisfies Record<string, Drill>;

export type DrillName = keyof typeof catalogue;
