import * as z from 'zod/mini';

const share = z.number().check(z.gte(0), z.lte(1));
const ms = z.int().check(z.gte(0), z.lte(3_600_000));

const Common = {
  /**
   * What meets it: a service (`DYNAMODB`), a function by its name, or a WebSocket API by its id. `*` stands for any characters, so
   * `*` alone is all of them.
   */
  target: z.string().check(z.minLength(1), z.maxLength(200)),
  /** The share of events that meet it, from 0 to 1. */
  rate: z._default(share, 1),
  /** Until when, in milliseconds since 1970. Without it, until the table is cleared. */
  until: z.optional(z.number()),
};

/** The operations that meet a fault of a service, such as `UpdateItem`, `Put*` or, where a service has no such names, `POST`. */
const operation = z._default(z.string().check(z.maxLength(100)), '*');

const kind = <K extends string, S extends object>(name: K, more: S) =>
  z.strictObject({ ...Common, kind: z.literal(name), ...more });

/** A row of the fault table. */
export const Fault = z.discriminatedUnion('kind', [
  // Of services.
  /** Connections are cut before anything is done. */
  kind('down', { operation }),
  /** The service refuses requests as AWS does above a rate: 429, `ThrottlingException`, `SlowDown`. */
  kind('throttle', { operation }),
  /** DynamoDB refuses writes because another transaction has the item, transactions as cancelled. */
  kind('conflict', { operation }),
  /** Of a batch of DynamoDB only half is done. The rest comes back as unprocessed. */
  kind('unprocessed', { operation }),
  /** The disk of the service is full: reads go on, everything else fails with an internal error. */
  kind('full', { operation }),
  /** The request is carried out; after `ms` the connection is cut instead of an answer. */
  kind('lost-answer', { operation, ms: z._default(ms, 0) }),
  /** `@connections` takes a frame, and it never arrives. */
  kind('lost', {}),

  // Of services and functions.
  /** A request, or the start of a function, waits for `ms`. */
  kind('delay', { operation, ms }),

  // Of functions.
  /**
   * The environment dies: within `ms` of the start of its event, after its first write to DynamoDB was done, or when the function has
   * returned and before anybody was told.
   */
  kind('crash', { when: z.enum(['running', 'written', 'returned']), ms: z._default(ms, 50) }),
  /** The clocks of environments that start while the row is there are off by `ms`, which may be negative, for as long as they live. */
  kind('clock', { ms: z.int().check(z.gte(-86_400_000), z.lte(86_400_000)) }),
  /** At once, and then over: all environments are replaced, so whatever they had in memory is lost. */
  kind('renew', {}),

  // Of functions that read a stream. Lambda may do all of this ("How Lambda processes records from stream and queue-based event sources").
  /** A batch waits for `ms`. */
  kind('batch-late', { ms }),
  /** A batch is given to the function twice. */
  kind('batch-repeated', {}),
  /** Of a batch the function gets the first half and handles it; then the whole batch counts as failed. */
  kind('batch-half-failed', {}),
  /** The records of a batch come in any order, those of one item in theirs: as if each item were in a shard of its own. */
  kind('batch-reordered', {}),

  // Of WebSocket APIs.
  /** At once, and then over: sockets are cut without a close frame, or closed with 1001 as after two hours. */
  kind('cut', { how: z._default(z.enum(['torn', 'expired']), 'torn') }),
  /** `$disconnect` isn't invoked. */
  kind('disconnect-lost', {}),
  /** The client that a frame is posted to stops reading: what is sent to it waits until then, and it is dropped when too much waits. */
  z.strictObject({ ...Common, kind: z.literal('stuck-reader'), until: z.number() }),
]);

export type Fault = z.output<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;
export type Kind = Fault['kind'];
export type FaultOf<K extends Kind> = Extract<Fault, { kind: K }>;

/** The kinds that happen when their row is added. */
export type Immediate = 'renew' | 'cut';
