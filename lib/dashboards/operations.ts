import type { Section } from './panel.ts';
import type { Sources } from './sources.ts';

/** What whoever is on call looks at, by part. */
export function operations(from: Sources) {
  const { requestsPerSecond, own, percentiles, socket, http, fn, table, queueAge, expression } = from;
  const perSecond = (label: string, metric: ReturnType<typeof own>) =>
    expression(label, 'FILL(count, 0) / PERIOD(count)', { count: metric });
  const deliveryTime = percentiles((statistic) => own('DeliveryTime', statistic));
  const requests = expression('all requests', '(FILL(frames, 0) + FILL(calls, 0)) / PERIOD(frames)', {
    frames: socket('MessageCount'),
    calls: http('Count'),
  });

  const overview: Section = {
    title: 'Overview',
    panels: [
      {
        title: 'Open sockets',
        metrics: [own('SocketsOpen', 'Maximum')],
        normal: 'It follows the hours of the day.',
        otherwise: 'A sudden fall is an outage or a deploy: see "Sockets opened and refused".',
      },
      {
        title: 'Messages accepted',
        metrics: [own('MessagesAccepted')],
        normal: 'It follows the open sockets.',
        otherwise: 'If sockets are open and this is near 0, see the errors of `message`.',
      },
      {
        title: 'Time from accepted to delivered, ms',
        metrics: deliveryTime,
        limit: { value: 500, label: 'what people notice' },
        normal: 'p95 is below 200 ms. Rooms over 500 members, which take turns, are not in it.',
        otherwise:
          'see "Age of stream records" and "Posts per second"; the query which-sends-were-slowest has the rooms.',
      },
      {
        title: 'Failed requests and functions',
        metrics: [http('5xx'), own('InternalErrors'), fn('message', 'Errors')],
        normal: '0.',
        otherwise: 'the query what-failed has the errors by function.',
      },
      {
        title: 'Frames that were not delivered',
        metrics: [own('FramesUndelivered')],
        normal: '0, or a few while networks change; the queue tries them again.',
        otherwise:
          'see "Requests against the quota", and the query what-was-not-delivered; a room that writes more than its posts can bring leaves frames out.',
      },
      {
        title: 'Refused for sending too much',
        metrics: [own('RateLimited')],
        normal: 'Near 0.',
        otherwise:
          'the query who-was-throttled names them; one person is a faulty client, many are an attack or a limit that is too low.',
      },
    ],
  };

  const gateway: Section = {
    title: 'Gateway',
    panels: [
      {
        title: 'Sockets opened and refused',
        metrics: [own('Connects'), own('ConnectsRefused')],
        normal: 'Refused are a few percent: tokens that have just expired.',
        otherwise: 'the query why-were-sockets-refused has the reasons; 500 new sockets a second is the quota.',
      },
      {
        title: 'Requests per second, against the quota',
        metrics: [requests, perSecond('posts', own('Posts'))],
        limit: { value: requestsPerSecond, label: 'quota of the account' },
        normal: 'Below half of the quota.',
        otherwise: 'ask AWS for more; until then API Gateway answers 429, and the poster tries again later.',
      },
      {
        title: 'Time of functions behind the socket, ms',
        metrics: percentiles((statistic) => socket('IntegrationLatency', statistic)),
        normal: 'p95 is below 100 ms, p99 has cold starts.',
        otherwise: 'see the duration of `message` and the latency of the tables.',
      },
      {
        title: 'Time of HTTP requests, ms',
        metrics: percentiles((statistic) => http('Latency', statistic)),
        normal: 'p95 is below 300 ms; logins hash for 100 ms.',
        otherwise: 'see the latency of the tables, and searches in "Messages".',
      },
      {
        title: 'HTTP requests, and those that were refused or failed',
        metrics: [http('4xx'), http('5xx')],
        right: [http('Count')],
        normal: '4xx are a few percent of all, 5xx are 0.',
        otherwise: 'many 4xx: who-was-throttled and security-events; any 5xx: what-failed.',
      },
      {
        title: 'Errors of the WebSocket API',
        metrics: [socket('ClientError'), socket('IntegrationError'), socket('ExecutionError')],
        normal: 'ClientError has refused sockets and the throttle of the stage, the others are 0.',
        otherwise:
          'ExecutionError is a permission or a throttled function, IntegrationError an error of one: what-failed.',
      },
    ],
  };

  const messages: Section = {
    title: 'Messages',
    panels: [
      {
        title: 'Frames delivered, and repeated work',
        metrics: [own('FramesDelivered')],
        right: [own('Retries')],
        normal: 'Retries are below 1 % of what is delivered.',
        otherwise: 'see "Requests per second, against the quota" and the ages of queues.',
      },
      {
        title: 'Sockets per delivery',
        metrics: percentiles((statistic) => own('FanoutSockets', statistic)),
        normal: 'It is the size of rooms, of those who are there.',
        otherwise: 'a jump is a new large room: the query which-conversations-are-busiest.',
      },
      {
        title: 'Time of one delivery, ms',
        metrics: [...percentiles((statistic) => own('FanoutTime', statistic)), own('FanoutTime', 'Maximum')],
        normal:
          'p95 is below 100 ms; 500 sockets take 300 ms. The longest are rounds of rooms over 500 members: 1.4 s for 10 000 sockets, and so late are their messages.',
        otherwise:
          'posts are throttled or dead sockets time out: what-was-not-delivered; large rooms share the quota (`requestsPerSecond`).',
      },
      {
        title: 'Age of stream records, ms',
        metrics: percentiles((statistic) => own('StreamLag', statistic)),
        right: [fn('message-stream', 'IteratorAge', 'Maximum')],
        normal: 'Below 2 s, since DynamoDB tells whole seconds and batches wait for one.',
        otherwise:
          'a function that reads the stream fails or is throttled: what-failed; records are given up after an hour.',
      },
      {
        title: 'Newest messages from memory, %',
        metrics: [
          expression('hits', '100 * hits / (FILL(hits, 0) + FILL(misses, 0))', {
            hits: own('RecentHits'),
            misses: own('RecentMisses'),
          }),
        ],
        normal: 'Above 50 % when many people read the same rooms; low when few do, which costs only read units.',
        otherwise: 'nothing breaks; after a deploy it is low for some minutes.',
      },
      {
        title: 'The function message',
        metrics: [fn('message', 'Duration', 'p95')],
        right: [fn('message', 'ConcurrentExecutions', 'Maximum'), fn('message', 'Throttles')],
        normal: 'p95 is below 100 ms, and throttles are 0.',
        otherwise: "throttles: the account's concurrency is used up, ask AWS for more; slow: see the tables.",
      },
      {
        title: 'Age of what waits for the poster, s',
        metrics: [queueAge('Deliveries')],
        normal: 'Below 1 s while large rooms talk, else nothing waits.',
        otherwise: 'posts fail or are throttled; it ends with a higher quota (`requestsPerSecond`).',
      },
    ],
  };

  const database: Section = {
    title: 'Database',
    panels: [
      {
        title: 'Units written',
        metrics: ['Messages', 'Connections'].map((name) => table(name, 'ConsumedWriteCapacityUnits')),
        normal: '2 to 3 a message, and 1 for each socket that opens or closes.',
        otherwise:
          'more per message than that is a fault, or somebody edits and reacts a lot: which-conversations-are-busiest.',
      },
      {
        title: 'Units read',
        metrics: ['Messages', 'Connections'].map((name) => table(name, 'ConsumedReadCapacityUnits')),
        normal: 'It follows the messages; the gauge of sockets takes up to 128 a minute.',
        otherwise: 'many clients catch up after an outage, or somebody searches in a loop: who-was-throttled.',
      },
      {
        title: 'Hot partitions: requests that one partition refused',
        metrics: [
          table('Messages', 'WriteKeyRangeThroughputThrottleEvents'),
          table('Messages', 'ReadKeyRangeThroughputThrottleEvents'),
        ],
        normal: '0; a partition takes 1 000 written and 3 000 read units a second.',
        otherwise: 'one room is too busy: which-conversations-are-busiest; its senders are told to wait.',
      },
      {
        title: 'Throttled by the table Messages',
        metrics: [table('Messages', 'WriteThrottleEvents'), table('Messages', 'ReadThrottleEvents')],
        normal: '0.',
        otherwise: 'a table doubles its peak every 30 minutes: wait, or warm it before a known event.',
      },
      {
        title: 'Latency of the tables, ms',
        metrics: [
          table('Messages', 'SuccessfulRequestLatency', { Operation: 'UpdateItem' }, 'p95'),
          table('Messages', 'SuccessfulRequestLatency', { Operation: 'PutItem' }, 'p95'),
          table('Connections', 'SuccessfulRequestLatency', { Operation: 'BatchGetItem' }, 'p95'),
        ],
        normal: 'Below 10 ms.',
        otherwise: 'look at the AWS Health Dashboard; functions try again by themselves.',
      },
    ],
  };

  const media: Section = {
    title: 'Media',
    panels: [
      {
        title: 'Uploads accepted and rejected',
        metrics: [own('MediaReady'), own('MediaRejected')],
        normal: 'Rejected are a few percent.',
        otherwise: 'the query why-were-uploads-rejected has reasons and types.',
      },
      {
        title: 'Age of uploads that wait, s',
        metrics: [queueAge('Uploads')],
        normal: 'Below 10 s.',
        otherwise: 'see the duration of `inspect`; 20 are inspected at a time.',
      },
      {
        title: 'Time of an inspection, ms',
        metrics: [fn('inspect', 'Duration', 'p95')],
        normal: 'Below 5 s.',
        otherwise: 'near 40 s somebody sends files that are made to be slow; they are rejected then.',
      },
    ],
  };

  const notifications: Section = {
    title: 'Notifications',
    panels: [
      {
        title: 'Notifications sent and not taken',
        metrics: [own('PushesSent'), own('PushesFailed')],
        normal: 'Not taken are below 1 %.',
        otherwise: 'the query why-were-pushes-not-taken has the reasons; they are tried again six times.',
      },
      {
        title: 'Age of push jobs that wait, s',
        metrics: [queueAge('PushJobs')],
        normal: 'Below 5 s; failed ones wait for longer.',
        otherwise: 'a push service hangs or does not take them: why-were-pushes-not-taken.',
      },
    ],
  };

  return { overview, gateway, messages, database, media, notifications };
}

/** One screen for the wall while something is broken or loaded on purpose: what people feel above, what gives way below. */
export function stormDay(from: Sources): Section {
  const { overview, gateway, messages, database } = operations(from);
  const wanted = new Set([
    'Open sockets',
    'Messages accepted',
    'Time from accepted to delivered, ms',
    'Requests per second, against the quota',
    'Frames that were not delivered',
    'Refused for sending too much',
    'Failed requests and functions',
    'Age of stream records, ms',
    'Hot partitions: requests that one partition refused',
  ]);
  const panels = [overview, gateway, messages, database].flatMap((section) => section.panels);
  return { title: 'STORM DAY', height: 4, panels: panels.filter(({ title }) => wanted.has(title)) };
}
