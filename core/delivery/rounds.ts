import type { Change } from '#core/conversations/change.ts';
import type { Runtime } from '#core/runtime.ts';
import { createFeed, type FeedPorts } from './feed.ts';
import { postsPerMs, unpacedMembers } from './pacing.ts';
import type { DeliveryPorts } from './ports.ts';
import { createProgress, type Served } from './progress.ts';
import { farewellsOf, viewsOf } from './views.ts';

/** How far back a run begins at most, in changes before those that it was called for. Who lacks more catches up by themselves. */
const furthestBack = 500;

/**
 * How far back the first run of a conversation begins, in changes before those that it was called for: their writers may not have called yet. Clients
 * know those that were delivered before.
 */
const firstBack = 20;

/** After so many ms a run hands over to the next one, because a function doesn't live for ever. */
const runMs = 20_000;

/** How often a run stores how far it is, in ms. What a run that dies served since then is posted twice. */
const keepMs = 2_000;

/** The shortest time of a round, in ms, and for each visited member, whose row is read. What is written meanwhile is gathered. */
const shortestRound = { ms: 250, memberMs: 0.1 };

/** The run that delivers the changes of a conversation, as others see it. A later one ends those before it. */
export interface Run {
  /** How far the run before it was. */
  readonly served: readonly Served[];
  /** Stores how far it is. While it does so every few seconds, nobody has to call for another run. False if there is a later one. */
  keep(served: readonly Served[]): Promise<boolean>;
  /** Stores how far it is. From now on, others call for a run if there is a change. False if there is a later one. */
  rest(served: readonly Served[]): Promise<boolean>;
}

export interface RoundPorts
  extends FeedPorts,
    Pick<Runtime, 'now'>,
    Pick<DeliveryPorts, 'connectionsOf' | 'avatarUrl'> {
  /** The requests per second that API Gateway takes from this stage. */
  readonly requestsPerSecond: number;
  begin(conversationId: string): Promise<Run>;
  /** Calls for a run, for the changes at some `seq`s. */
  call(conversationId: string, seqs: readonly number[]): Promise<void>;
  /** Posts to connections. */
  readonly deliver: DeliveryPorts['deliver'];
  /** Waits until its posts are due in the share of large rooms, and leaves them to other functions. */
  readonly deliverPaced: DeliveryPorts['deliver'];
  /** Called after each round of posts that had to wait for their share, with how many ms it took. */
  readonly onRound: (ms: number) => void;
}

/**
 * Delivers the changes of a large conversation in rounds (decision 0146): some hundred members after the other get all that is known when it
 * is their turn, and that they haven't got. It goes on until everyone has everything, or hands over to another run. `seqs` are numbers of
 * changes which it is called for; it delivers all others, too.
 */
export async function deliverRounds(ports: RoundPorts, conversationId: string, seqs: readonly number[]): Promise<void> {
  const run = await ports.begin(conversationId);
  const start = startOf(run.served, Math.min(...seqs) - 1);
  const feed = createFeed(ports, conversationId, start);
  const progress = createProgress(run.served, start);
  const stopAt = ports.now() + runMs;
  // A visit takes about 70 ms of the share, if everyone is there, because each costs some reads.
  const membersAtOnce = Math.max(unpacedMembers, Math.ceil(70 * postsPerMs(ports.requestsPerSecond)));
  let keptAt = ports.now();

  /** Reads what is new. False if the conversation is gone. */
  async function look(given?: number): Promise<boolean> {
    const [known, before] = [feed.newest, feed.members];
    const found = await feed.look(given);
    if (!found) return false;
    const ids = () => feed.members.map(({ userId }) => userId);
    if (feed.members !== before) progress.join(ids(), known);
    await tellRemoved(found);
    return true;
  }

  async function tellRemoved(found: readonly Change[]): Promise<void> {
    for (const { events, userIds } of farewellsOf(feed.members, found, ports.avatarUrl))
      await ports.deliver(events, await ports.connectionsOf(userIds, ports.now()));
  }

  /** Who connects after their row is read here catches up with all that was read before. So rows are read after changes. */
  async function visit(userIds: readonly string[]): Promise<void> {
    const { conversation, newest, messages } = feed;
    if (!conversation) return;
    const ids = new Set(userIds);
    const members = feed.members.filter(({ userId }) => ids.has(userId));
    const deliver = feed.members.length > unpacedMembers ? ports.deliverPaced : ports.deliver;
    const changes = feed.since(progress.leastOf(userIds));
    for (const view of viewsOf(conversation, members, changes, messages, ports.avatarUrl))
      await deliver(view.events, await ports.connectionsOf(view.userIds, ports.now()));
    progress.serve(userIds, newest);
  }

  /**
   * Visits everyone who lacks something, those first who wait longest. Returns how many members that were, or undefined if there is
   * nothing to do for this run any more.
   */
  async function round(): Promise<number | undefined> {
    let visited = 0;
    for (let last = progress.beforeLeast(); ; ) {
      const next = progress.lacking(feed.newest, last, membersAtOnce);
      if (next.length === 0) return visited;
      last = next.at(-1) ?? last;
      await visit(next);
      visited += next.length;
      if (ports.now() > stopAt) return handOver();
      if (ports.now() > keptAt + keepMs) {
        keptAt = ports.now();
        if (!(await run.keep(progress.served()))) return undefined;
      }
      if (!(await look())) return undefined;
    }
  }

  async function handOver(): Promise<undefined> {
    if ((await run.rest(progress.served())) && (await look()) && lacksAny())
      await ports.call(
        conversationId,
        feed.since(progress.lowest()).map(({ seq }) => seq),
      );
    return undefined;
  }

  const lacksAny = () => progress.lowest() < feed.newest;

  for (let given = Math.max(...seqs); await look(given); given = 0) {
    const began = ports.now();
    const visited = await round();
    if (visited === undefined) return;
    if (feed.members.length > unpacedMembers) ports.onRound(ports.now() - began);
    feed.forget(progress.lowest());
    // Nobody calls for another run because of what is written before `rest`, so it is looked for after that.
    if (!lacksAny() && !((await run.rest(progress.served())) && (await look()) && lacksAny())) return;
    const { ms, memberMs } = shortestRound;
    await ports.sleep(Math.max(0, began + Math.max(ms, memberMs * visited) - ports.now()));
  }
}

function startOf(served: readonly Served[], first: number): number {
  const least = Math.min(...served.map(({ seq }) => seq));
  if (!Number.isFinite(least)) return Math.max(0, first - firstBack);
  return least >= first - furthestBack ? least : first;
}

export interface CallPorts extends Pick<RoundPorts, 'call'> {
  /** Whether a run will see changes up to a `seq`, or has delivered them. */
  isSeenTo(conversationId: string, seq: number): Promise<boolean>;
}

/** Calls for a run that delivers changes of a large conversation, unless one sees to them anyway. The changes must be stored. */
export async function callForRound(
  { isSeenTo, call }: CallPorts,
  conversationId: string,
  seqs: readonly number[],
): Promise<void> {
  if (!(await isSeenTo(conversationId, Math.max(...seqs)))) await call(conversationId, seqs);
}
