import type { Price } from '#bench/prices.ts';
import { slowFrom } from '#drills/measure.ts';
import { patienceSeconds } from '../drills.ts';
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
  const { at, seconds: took, machine, verdict, connect, phases, settled, historyMb, population, load, seed } = results;
  const { counts } = verdict;
  const { writers, readers, light } = population;
  return `# STORM DAY report

Written by \`npm run storm-day\` on ${at.slice(0, 16).replace('T', ' ')} UTC, in ${number(took)} s, of the commit ${results.commit || 'unknown'}, on ${machine.cores} cores (${machine.cpu}, ${machine.memoryGb} GB, Node.js ${machine.node}).
${busy(machine)}Clients, gateway, functions, database and checker share this machine, so the times compare versions of the code and say nothing about AWS. The counts do.
[How it is done](decisions/0154-a-storm-day-on-one-machine.md), [the raw data](storm-day/results.json).

## Counts

What ${number(connect.count)} clients saw, while functions died, writes lost their answers, posts were lost, streams came late and twice, sockets were cut and the database was away, as [the checker](../checker/README.md)
counts it. It knows none of the product's code, and reads what was recorded below the clients (${number(historyMb)} MB, ${number(counts.events)} events): each of the deliveries is an event of its own, with the hash of
its text, and is judged. Verdict: **${verdictOf(verdict.valid)}**.

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

A message is counted once, however often its client sent it; ${number(counts.refused)} more were refused, as those of people who write where they are no members. A delivery is a message that came to a client, counted once for each client. In the end ${number(settled.unanswered)} messages
had no answer, ${number(settled.behind)} clients lacked something, and ${number(settled.asked)} had missed the last push and learned of it by catching up.
${findingsOf(verdict)}
### What was tested

- *The people.* ${number(writers)} write, in ${writers / 2} direct conversations, ${writers / 8} groups of 8, one of 50, and a room of ${number(writers + readers + light)}; ${number(readers)} more read with the client SDK, as pages do. ${number(light)} read in the room with a light client, which keeps to
  the contract and shows nothing: each message once, in order; what is missing it asks for. 8 more do everything that there is to do, at random, five things a second: they edit, delete, react, join, leave and come again, send one message
  on two sockets at once or another one under the same id, read from any place, and ask for what isn't theirs.
- *The load* beside the drills is an open loop, ${number(load.direct + load.group)} messages a second in small conversations and ${number(load.room)} in the room, whether or not anything keeps up. Gaps are random.
- *The claims* are those of [the contract](protocol.md): what was acknowledged is in the history for ever, once, at one place; one order for all, which agrees with real time; whoever catches up misses nothing; counts of unread messages are right; only members see
  and do. [The checker's rules](../checker/README.md#what-is-judged) say what each means for a history.
- *Certain and uncertain.* A request without an answer, or with one that says nothing, may have had its effect at any time, or never: the checker holds both possible for ever. Attempts were:

${table(
  ['operation', 'attempts', 'done', 'refused', 'nobody knows'],
  verdict.operations.map(({ f, asked, ok, failed, unknown }) => [`\`${f}\``, asked, ok, failed, unknown]),
)}

## The course

Times count from when a message was due, whether or not anything was quick enough to send it then. ${number(connect.count)} clients connected, of which half were ready within ${number(connect.p50)} ms and 95 % within ${number(connect.p95)} ms.
Percentiles are within 4 %.

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

Each is one of [\`npm run drill\`](chaos.md), with its faults and its measure of recovery, beside the load of all: everything is as before when no delivery is slower than ${number(slowFrom({ p95: results.steadyP95 }))} ms (three times the steady load's
95th percentile, half a second at least), no request fails and nobody is without a socket, counted from the end of the fault in whole seconds.

${table(
  [
    'drill',
    'what should happen',
    'lasted',
    'events that met it',
    'requests that failed',
    'delivered, p95 (ms)',
    'clients without a socket, at most',
    'alarms',
    'as before after',
  ],
  results.drills.map((drill) => [
    `\`${drill.name}\`: ${drill.title.charAt(0).toLowerCase()}${drill.title.slice(1)}`,
    drill.hypothesis,
    `${drill.seconds} s`,
    drill.faults.map(({ kind, met }) => `${kind} ${number(met)}`).join(', '),
    `${number(100 * drill.failed)} %`,
    drill.deliveryP95,
    drill.offline,
    drill.alarms.join(', ') || 'none',
    drill.recoveredAfter === undefined ? `more than ${patienceSeconds} s` : `${drill.recoveredAfter} s`,
  ]),
)}

## How much it bears

The rate was raised until 95 % of the messages weren't acknowledged or delivered within 500 ms (in the room, which takes turns, delivered within 2 s), or the clients couldn't send any more. The last row of each table is where it broke. Each rate
was held for six seconds, so this finds what saturates first, and isn't a rate for hours. The app was told a quota of ${number(results.requestsPerSecond)} requests a second instead of 10 000, so turns in the room are as long as with more sockets at AWS.
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

## What this doesn't show

- *One run is no proof.* It looks for faults and finds none, or some. The same command with another \`--seed\` looks again; [mutants](decisions/0149-proven-by-mutation.md) say what it would find.
- *DynamoDB, API Gateway, Lambda, SQS and S3 are [local ones](../local/README.md)*, on one machine with one clock. The database is never half away, and eventually consistent reads are as new as others. Faults are those of [one table](../local/README.md#faults-on-purpose): what AWS
  does beyond that isn't met. Nothing here parts a network between services.
- *The rates are those of the clients and this machine*, not of the design. A seed repeats the decisions of each fault and each person, not the interleaving.
- *Not judged*: whose reactions they are, receipts of others, typing, profiles, media, search and notifications. Pushes may come twice or not at all; what a client shows in the end counts.

## Again

\`npm run storm-day -- --seed ${seed}\`, on a checkout with \`npm ci\`. It needs Linux or macOS, two cores, 8 GB of memory, 2 GB of disk and ten minutes, and writes this page. With \`--keep FOLDER\` the histories stay. Anybody's checker can read
[their form](../checker/history.ts); ours says the same again, and writes them for [Elle](../checker/README.md#checking-with-elle): \`npx node checker/main.ts FOLDER/*.jsonl --elle elle.json\`.
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
