import type { IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { prices } from '#lib/prices.ts';
import type { Section } from './panel.ts';
import type { Sources } from './sources.ts';

/** The functions that cost something: those of each frame, each socket and each request. */
const functions = [
  'authorizer',
  'connect',
  'disconnect',
  'message',
  'commands',
  'receipts',
  'message-stream',
  'presence-stream',
  'presence-fanout',
  'fanout',
  'paced-fanout',
  'poster',
  'conversations',
];

const minutesPerDay = 1_440;

/** What a day costs, by part, reckoned from metrics and `lib/prices.ts`. `from` has a period of a day. */
export function cost(from: Sources): Section {
  const { own, socket, http, fn, memoryGb, table, tableNames, expression } = from;
  const part = (label: string, terms: readonly { price: number; metric: IMetric; id: string }[]): MathExpression =>
    expression(
      label,
      terms.map(({ price, id }) => `FILL(${id}, 0) * ${Number((price * 1e6).toPrecision(6))} / 1000000`).join(' + '),
      Object.fromEntries(terms.map(({ id, metric }) => [id, metric])),
    );

  const parts = {
    sockets: part('open sockets', [
      { id: 'open', metric: own('SocketsOpen', 'Average'), price: prices.connectionMinute * minutesPerDay },
    ]),
    frames: part('frames', [{ id: 'sent', metric: socket('MessageCount'), price: prices.webSocketMessage }]),
    requests: part('HTTP requests', [{ id: 'calls', metric: http('Count'), price: prices.httpRequest }]),
    functions: part(
      'functions',
      functions.flatMap((name, i) => [
        { id: `n${i}`, metric: fn(name, 'Invocations'), price: prices.lambdaRequest },
        { id: `t${i}`, metric: fn(name, 'Duration'), price: (prices.lambdaGbSecond * memoryGb(name)) / 1_000 },
      ]),
    ),
    database: part(
      'database',
      tableNames.flatMap((name, i) => [
        { id: `w${i}`, metric: table(name, 'ConsumedWriteCapacityUnits'), price: prices.writeUnit },
        { id: `r${i}`, metric: table(name, 'ConsumedReadCapacityUnits'), price: prices.readUnit },
      ]),
    ),
  };
  const total = expression('all of these', Object.keys(parts).join(' + '), parts);
  const perMillion = expression('$ per million messages', 'IF(accepted > 0, total * 1000000 / accepted)', {
    total,
    accepted: own('MessagesAccepted'),
  });
  return {
    title: 'Cost, at list prices of us-east-1 (lib/prices.ts), without storage, logs, traffic and fixed prices',
    panels: [
      {
        title: '$ a day',
        metrics: [total],
        asNumbers: true,
        normal: 'It is what the bill of that day says, within some percent.',
        otherwise: 'the parts beside it say what grew; Cost Explorer has the rest, by the tag `stage`.',
      },
      {
        title: '$ a day, by part',
        metrics: Object.values(parts),
        stacked: true,
        normal: 'Frames and open sockets are most of it.',
        otherwise: 'functions above a third: see their durations; database: units per message.',
      },
      {
        title: '$ per million messages',
        metrics: [perMillion],
        normal: 'It is constant, and larger with larger rooms.',
        otherwise: 'clients reconnect or poll, or somebody hammers: who-was-throttled.',
      },
    ],
  };
}
