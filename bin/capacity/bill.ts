import { otherPrices, prices, type Tiers, volumePrices } from '#lib/prices.ts';
import type { Load } from './load.ts';
import type { Needs } from './needs.ts';

/** Dollars a month, by part. */
export type Bill = Readonly<Record<string, number>>;

/** Another way to have the same, what it costs a month, and what it lacks. */
export interface Alternative {
  readonly name: string;
  readonly bill: Bill;
  readonly remarks: readonly string[];
}

const hours = 730;
const seconds = hours * 3_600;
/** A line of log per invocation (decision 0126), the answer to a frame, and what an item has beside its text. In bytes. */
const size = { log: 800, answer: 150, itemOverhead: 200 };
const gb = 1e9;

export const total = (bill: Bill): number => Object.values(bill).reduce((sum, dollars) => sum + dollars, 0);

/** The price of an amount, each part of it at the price of its tier. */
export function tiered(amount: number, tiers: Tiers): number {
  let from = 0;
  let dollars = 0;
  for (const { upTo, price } of tiers) {
    dollars += Math.max(0, Math.min(amount, upTo) - from) * price;
    from = upTo;
  }
  return dollars;
}

/** What the busiest minute comes to in a month. */
const monthly = (perSecond: number, { busy }: Load) => perSecond * busy * seconds;

const socketMinutes = (load: Load, needs: Needs) => monthly(needs.sockets, load) / 60;

const transferGb = (load: Load, needs: Needs) =>
  monthly(needs.deliveries * load.bytes + needs.asked * size.answer, load) / gb;

const storedGb = (load: Load) => (monthly(load.messages, load) * load.months * (load.bytes + size.itemOverhead)) / gb;

/** What functions, tables and logs cost, whoever delivers the frames. */
function backendBill(load: Load, needs: Needs): Bill {
  const month = (perSecond: number) => monthly(perSecond, load);
  return {
    'functions, invocations': month(needs.invocations) * prices.lambdaRequest,
    'functions, time': tiered(month(needs.gbSeconds), volumePrices.lambdaGbSeconds),
    'tables, writes': month(needs.writeUnits) * prices.writeUnit,
    'tables, reads': month(needs.readUnits) * prices.readUnit,
    'tables, storage and recovery': storedGb(load) * (prices.tableGbMonth + prices.restorableGbMonth),
    logs: ((month(needs.invocations) * size.log) / gb) * prices.logGb,
  };
}

/** What STORM costs a month under a load, without free tiers, media, push and search. */
export function stormBill(load: Load, needs: Needs): Bill {
  const month = (perSecond: number) => monthly(perSecond, load);
  return {
    'open sockets': socketMinutes(load, needs) * prices.connectionMinute,
    // The answer to a frame is a message, too. A keepalive has none.
    frames: tiered(month(2 * needs.asked + needs.keepalives + needs.posts), volumePrices.webSocketMessages),
    'HTTP requests': tiered(month(needs.httpRequests), volumePrices.httpRequests),
    'traffic to the internet': tiered(transferGb(load, needs), volumePrices.transferGb),
    ...backendBill(load, needs),
  };
}

/** The same load on AppSync Events, Ably, and servers of one's own. */
export function alternatives(load: Load, needs: Needs): readonly Alternative[] {
  const { appSyncEvents, ably } = otherPrices;
  const month = (perSecond: number) => monthly(perSecond, load);
  const minutes = socketMinutes(load, needs);
  const traffic = tiered(transferGb(load, needs), volumePrices.transferGb);
  return [
    {
      name: 'AppSync Events, with the functions and tables of STORM behind it',
      bill: {
        'open sockets': minutes * appSyncEvents.connectionMinute,
        // A frame to the service, the handler that lets it through, and each frame to a subscriber.
        operations: month(2 * needs.asked + needs.deliveries) * appSyncEvents.operation,
        'traffic to the internet': traffic,
        ...backendBill(load, needs),
      },
      remarks: [
        'It fans out itself, so it needs no list of sockets. Idle sockets cost a third of those of API Gateway.',
        'It has no numbering, history, catch-up, read pointers, presence, push or search: the functions and tables stay.',
        'Events of a hot room are not gathered into one frame for each socket.',
      ],
    },
    {
      name: 'Ably, package Pro',
      bill: {
        package: ably.package,
        'open sockets': minutes * ably.connectionMinute,
        // "Pub/Sub pricing": a message published, stored, and received by each subscriber counts each time.
        messages: month(load.messages + needs.asked + needs.deliveries) * ably.message,
        channels: (month(load.conversations) / 60) * ably.channelMinute,
      },
      remarks: [
        ...(needs.sockets > 50_000 || needs.requests > 10_000
          ? [
              'Pro has 10 000 messages per second and 50 000 connections: this load needs Enterprise, whose price is agreed on.',
            ]
          : []),
        'Nobody runs anything, and it has presence, history and many regions. Accounts opened now pay by monthly active users instead.',
        'Accounts, membership, exact unread counts and search are still yours to build and to host.',
      ],
    },
    { name: 'Servers of your own on EC2, with PostgreSQL', bill: serverBill(load, needs), remarks: serverRemarks },
  ];
}

/** What a server of 2 cores is assumed to bear. These are our guesses, and generous ones: measure your own. */
const server = { sockets: 50_000, framesPerSecond: 20_000, writesPerSecond: 5_000 };

const serverRemarks = [
  `Assumed: a server of 2 cores has ${server.sockets} sockets and ${server.framesPerSecond} frames/s, a database ${server.writesPerSecond} writes/s.`,
  'They are paid for when nobody is there, and are sized for the busiest minute.',
  'The work of those who run it (updates, failover, backups, the night) is not in the price, and is most of it.',
];

/** At least two servers, and two databases for each share of the writes, so that one may fail. */
function serverBill(load: Load, needs: Needs): Bill {
  const { serverHour, balancerHour, balancerUnitHour, diskGbMonth } = otherPrices.selfHosted;
  const frames = 2 * needs.asked + needs.keepalives + needs.deliveries;
  const servers = Math.max(2, Math.ceil(needs.sockets / server.sockets), Math.ceil(frames / server.framesPerSecond));
  const databases = 2 * Math.max(1, Math.ceil((2 * needs.asked) / server.writesPerSecond));
  // "Elastic Load Balancing pricing": a unit has 3 000 open connections, or 1 GB an hour.
  const units = Math.max(needs.sockets / 3_000, transferGb(load, needs) / hours);
  return {
    servers: servers * serverHour * hours,
    databases: databases * serverHour * hours,
    'disks, two copies': (2 * storedGb(load) + databases * 20) * diskGbMonth,
    'load balancer': (balancerHour + units * balancerUnitHour) * hours,
    'traffic to the internet': tiered(transferGb(load, needs), volumePrices.transferGb),
  };
}
