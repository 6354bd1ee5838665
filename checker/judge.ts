import type { Conversation } from './facts/conversation.ts';
import { Facts } from './facts/facts.ts';
import { type Finding, Findings, type RuleName } from './findings.ts';
import type { Event, Operation } from './history.ts';
import { ackMismatch } from './rules/ack-mismatch.ts';
import { cursor } from './rules/cursor.ts';
import { divergence } from './rules/divergence.ts';
import { doubled } from './rules/doubled.ts';
import { ghost } from './rules/ghost.ts';
import { leak } from './rules/leak.ts';
import { lost } from './rules/lost.ts';
import { lostEdit } from './rules/lost-edit.ts';
import { numbering } from './rules/numbering.ts';
import { order } from './rules/order.ts';
import { pages } from './rules/pages.ts';
import { phantom } from './rules/phantom.ts';
import { pointer } from './rules/pointer.ts';
import { realTime } from './rules/real-time.ts';
import { reply } from './rules/reply.ts';
import { unread } from './rules/unread.ts';

export interface Options {
  /** After how many ms without a socket somebody must be called offline. By default 45 000: half a minute, and what it takes to hear of it. */
  readonly presenceBoundMs?: number;
}

/** What was counted. Messages are counted by their ids. */
export interface Counts {
  readonly events: number;
  readonly conversations: number;
  readonly sent: number;
  readonly acked: number;
  /** Refused for good. */
  readonly refused: number;
  /** Neither acknowledged nor refused. Each may be there or not. */
  readonly unknown: number;
  /** Acknowledged, and in a final history. */
  readonly inHistory: number;
  /** Acknowledged, and brought to a client of somebody else by push or catch-up. */
  readonly delivered: number;
  /** How often a message was brought to a client, its sender's own included, each counted once for each client. */
  readonly deliveries: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly leaked: number;
}

/** How often something was asked for: each attempt counts, and ended in one of three ways. */
export interface OperationCounts {
  readonly f: Operation;
  readonly asked: number;
  readonly ok: number;
  /** Refused: it had no effect. */
  readonly failed: number;
  /** Nobody knows whether it had its effect: an error that says nothing, or no answer. */
  readonly unknown: number;
}

export interface Verdict {
  /** `unknown`: nothing is wrong as far as it can be judged, and `unjudged` says what can't. */
  readonly valid: boolean | 'unknown';
  readonly counts: Counts;
  readonly operations: readonly OperationCounts[];
  readonly findings: readonly Finding[];
  /** How many findings each rule has. `findings` has the first ones only. */
  readonly countOf: ReadonlyMap<RuleName, number>;
  readonly unjudged: readonly string[];
}

/** Judges a history. Keeps what the rules need: it grows with messages and with who saw them, not with events. */
export function judge(events: Iterable<Event>, { presenceBoundMs = 45_000 }: Options = {}): Verdict {
  const facts = new Facts();
  const findings = new Findings();
  const rules = [
    ...[ackMismatch, cursor, divergence, doubled, leak, lost, lostEdit, numbering, order, pages, phantom, pointer],
    ...[realTime, reply, unread, ghost(presenceBoundMs)],
  ].map((make) => make(facts, findings.report));
  const steps = rules.filter(({ step }) => step !== undefined);
  for (const event of events) {
    const step = facts.take(event);
    for (const rule of steps) rule.step?.(step);
  }
  for (const rule of rules) rule.end?.();
  const unjudged = whatIsMissing(facts);
  const valid = findings.list.length > 0 ? false : unjudged.length > 0 ? 'unknown' : true;
  const operations = [...facts.operations].map(([f, { asked, ok, fail }]) => ({
    ...{ f, asked, ok, failed: fail },
    unknown: asked - ok - fail,
  }));
  return {
    valid,
    counts: count(facts, findings),
    operations,
    findings: findings.list,
    countOf: findings.counts,
    unjudged,
  };
}

/** Without final histories nobody can say that nothing is lost. */
function whatIsMissing({ conversations, quiet }: Facts): string[] {
  if (quiet.size === 0) return ['No recorder says when everything was quiet, so no history is final.'];
  const without = [...conversations.values()].filter(({ acks, finals }) => acks.size > 0 && finals.length === 0);
  return without.map(({ id }) => `Nobody has read the conversation ${id} to its beginning after everything was quiet.`);
}

function count({ events, conversations }: Facts, { counts }: Findings): Counts {
  const all = [...conversations.values()];
  const sent = all.flatMap((conversation) =>
    [...conversation.sent.values()].map((message) => ({ conversation, ...message })),
  );
  const acked = sent.filter(({ attempts }) => attempts.some(({ end }) => end?.type === 'ok'));
  const refused = sent.filter(({ attempts }) => attempts.every(({ end }) => end?.type === 'fail'));
  const of = (rule: RuleName) => counts.get(rule) ?? 0;
  return {
    events,
    conversations: all.length,
    sent: sent.length,
    acked: acked.length,
    refused: refused.length,
    unknown: sent.length - acked.length - refused.length,
    inHistory: acked.filter(({ conversation, id }) => isIn(conversation, id)).length,
    delivered: all.flatMap((conversation) =>
      [...conversation.acks.keys()].filter((seq) => isDelivered(conversation, seq)),
    ).length,
    deliveries: all.reduce(
      (sum, { delivered }) => sum + [...delivered.values()].reduce((size, { seqs }) => size + seqs.size, 0),
      0,
    ),
    lost: of('lost'),
    doubled: of('doubled'),
    outOfOrder: of('out-of-order') + of('real-time'),
    leaked: of('leak'),
  };
}

function isIn({ places, finals }: Conversation, id: string): boolean {
  return [...(places.get(id)?.keys() ?? [])].some((seq) => finals.some(({ messages }) => messages.has(seq)));
}

/** A conversation in which nobody else has a client can't deliver. */
function isDelivered({ acks, delivered }: Conversation, seq: number): boolean {
  const sender = acks.get(seq)?.user;
  return [...delivered.values()].some(({ user, seqs }) => user !== sender && seqs.has(seq));
}
