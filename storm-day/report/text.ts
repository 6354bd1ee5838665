import type { Price } from '../prices.ts';
import type { Results } from './results.ts';

const number = (value: number | undefined): string =>
  value === undefined ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });

function table(head: readonly string[], rows: readonly (readonly (string | number | undefined)[])[]): string {
  const line = (cells: readonly (string | number | undefined)[]) =>
    `| ${cells.map((cell) => (typeof cell === 'string' ? cell : number(cell))).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** The report in Markdown. */
export function textOf(results: Results): string {
  const { at, seconds: took, machine, verdict, connect, phases, settled, historyMb } = results;
  const { counts } = verdict;
  return `# STORM DAY report

Written by \`npm run storm-day\` on ${at.slice(0, 16).replace('T', ' ')} UTC, in ${number(took)} s, on ${machine.cores} cores (${machine.cpu}, ${machine.memoryGb} GB, Node.js ${machine.node}).
${busy(machine)}Clients, gateway, functions, database and checker share this machine, so the times compare versions of the code and say nothing about AWS. The counts do.
[How it is done](decisions/0154-a-storm-day-on-one-machine.md), [the raw data](storm-day/results.json).

## Counts

What ${number(connect.count)} clients saw, while functions died, posts were refused, sockets were cut and the database was away, as [the checker](../checker/README.md) counts it. It knows none of
the product's code, and reads what was recorded below the clients (${number(historyMb)} MB, ${number(counts.events)} events). Verdict: **${verdictOf(verdict.valid)}**.

${table(
  [
    'messages sent',
    'acknowledged',
    'in the history',
    'unknown outcome',
    'deliveries',
    'lost',
    'doubled',
    'out of order',
    'leaked',
  ],
  [
    [
      counts.sent,
      counts.acked,
      counts.inHistory,
      counts.unknown,
      counts.deliveries,
      counts.lost,
      counts.doubled,
      counts.outOfOrder,
      counts.leaked,
    ],
  ],
)}

A delivery is a message that came to a client, counted once for each client. In the end ${number(settled.unanswered)} messages had no answer, ${number(settled.behind)} clients lacked something, and ${number(settled.asked)} had
missed the last push and learned of it by catching up.
${findingsOf(verdict)}
## The course

Times count from when a message was due, whether or not anything was quick enough to send it then. ${number(connect.count)} clients connected, of which half were ready within ${number(connect.p50)} ms and 95 % within ${number(connect.p95)} ms.

![Deliveries per second](storm-day/deliveries.svg)
![Time until delivered](storm-day/latency.svg)
![Time until acknowledged](storm-day/acknowledged.svg)
![Clients without a connection](storm-day/offline.svg)

${table(
  [
    'phase',
    'seconds',
    'sent',
    'deliveries',
    'acknowledged p50, p95, p99 (ms)',
    'delivered p50, p95, p99 (ms)',
    'clients behind with sending, p95 (ms)',
  ],
  phases.map(({ name, from, to, sent, delivered, ack, delivery, delay }) => [
    name,
    `${from}–${to}`,
    sent,
    delivered,
    percentiles(ack),
    percentiles(delivery),
    delay.p95,
  ]),
)}

## The drills

Each beside the load of all, by the fault table of [the local stack](../local/README.md). It is over when nobody is without a connection and 95 % of the deliveries take no longer than ${number(results.usualMs)} ms, twice the steady load's,
for three seconds in a row.

${table(
  ['drill', 'what should happen', 'lasted', 'events that met it', 'as before after'],
  results.drills.map(({ name, hypothesis, seconds: lasted, met, recoveredAfter }) => [
    name,
    hypothesis,
    `${lasted} s`,
    met,
    recoveredAfter === undefined ? 'more than 45 s' : `${recoveredAfter} s`,
  ]),
)}

## How much it bears

The rate was raised until 95 % of the messages weren't acknowledged or delivered within 500 ms (in the room, which takes turns, delivered within 2 s), or the clients couldn't send any more. The last row of each table is where it broke. The steady load and the drills have a third of the last rates that broke nothing.
${Object.entries(results.capacity)
  .map(
    ([name, steps]) => `
**In ${name}**

${table(
  [
    'messages/s',
    'deliveries/s',
    'acknowledged, p95 (ms)',
    'delivered, p95 (ms)',
    'CPU: clients',
    'stack and database',
    'unused',
    'broken',
  ],
  steps.map(({ messagesPerSecond, deliveriesPerSecond, ackP95, deliveryP95, cpu, broken = '' }) => [
    messagesPerSecond,
    deliveriesPerSecond,
    ackP95,
    deliveryP95,
    ...[cpu.clients, cpu.stack, cpu.idle].map((share) => `${Math.round(share * 100)} %`),
    broken,
  ]),
)}
`,
  )
  .join('')}
## What a message costs

Counted in the same run on a stack of its own, a socket for each member, each message sent alone; beside it the pattern that samples of WebSocket chats on AWS have in common (\`bench/baseline/\`:
each message scans the table of connections and posts by the SDK; it has no order, history, unread counts or receipts), with as much memory. List prices of us-east-1 (\`lib/prices.ts\`): frames, invocations, the time of the functions on this
machine, and units; no sockets, which cost the same in both.

${pricesOf(results.prices)}

The baseline's table has only the sockets of these rooms. Each stranger who is connected makes its scan longer; STORM reads the members of the room and nobody else.

## What AWS would allow

Bounds by quota ("Amazon API Gateway quotas", "Quotas in Amazon DynamoDB"), not measurements: 10 000 requests a second of an account and region, which frames, posts and HTTP calls share; 1 000 writes a second of one partition, which is one
conversation; 500 new sockets a second.

${table(
  [
    'members of a room',
    'requests of API Gateway per message',
    'messages/s of all rooms, at most',
    'messages/s of one room, at most',
  ],
  results.prices.storm.map(({ members, posts }) => [
    members,
    1 + posts,
    10_000 / (1 + posts),
    Math.min(1_000, 10_000 / (1 + posts)),
  ]),
)}

[Scale](scale.md) says what to ask AWS for beyond that, and \`npm run capacity\` reckons a load.

## Again

\`npm run storm-day\`, on a checkout with \`npm ci\`. It needs Linux or macOS, two cores, 8 GB of memory and ten minutes, and writes this page.
`;
}

const busy = ({ load, cores }: Results['machine']): string =>
  load > cores / 2
    ? `**The machine was busy with other work** (${number(load)} processes wanted its ${cores} cores in the minute before), so the times and the capacity are far worse than its own. `
    : '';

const verdictOf = (valid: boolean | 'unknown'): string =>
  ({ true: 'valid', false: 'broken', unknown: 'unknown' })[String(valid)] ?? '';

const percentiles = ({
  p50,
  p95,
  p99,
}: {
  p50: number | undefined;
  p95: number | undefined;
  p99: number | undefined;
}) => [p50, p95, p99].map(number).join(', ');

function findingsOf({ findings, countOf, unjudged }: Results['verdict']): string {
  if (findings.length === 0 && unjudged.length === 0) return '';
  const counted = Object.entries(countOf).map(([rule, count]) => `- ${rule}: ${count}`);
  const first = findings.slice(0, 10).map(({ rule, text }) => `- ${rule}: ${text}`);
  return `\nThe checker found:\n\n${[...counted, ...first, ...unjudged.map((text) => `- not judged: ${text}`)].join('\n')}\n`;
}

function pricesOf({ storm, baseline }: Results['prices']): string {
  const cells = (price: Price | undefined) =>
    price
      ? [
          price.writeUnits,
          price.readUnits,
          price.invocations,
          price.posts,
          price.cpuPerDelivery,
          price.dollarsPerMillionDeliveries,
        ]
      : [];
  return table(
    [
      'members',
      '',
      'write units',
      'read units',
      'invocations',
      'posts',
      'CPU of functions per delivery (µs)',
      '$ per million deliveries',
    ],
    storm.flatMap((price) => {
      const other = baseline.find(({ members }) => members === price.members);
      return [
        [price.members, 'STORM', ...cells(price)],
        [price.members, 'baseline', ...cells(other)],
      ];
    }),
  );
}
