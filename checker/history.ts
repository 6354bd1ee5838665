/**
 * The form of a history: what clients asked, were answered and were told in a run, as JSON lines. Clients write it (`workload/` does it
 * for those that use the SDK), and the checker reads it. It is the only thing that the two share.
 *
 * The first line of a file names its recorder: `{"history":1,"recorder":"host-1"}`. Every other line is an event, in the order in which
 * the recorder saw them. Several files can be judged together, or one after the other in one file: such a first line begins the next.
 *
 * As in Jepsen, an operation is an `invoke` and its completion: `ok`, `fail` (it certainly had no effect), or `info` (nobody knows:
 * it may have its effect at any time after the invoke, also never). An invoke without a completion counts as `info`. What a client is
 * told without asking (`receive`, `show`, `disconnect`, `quiet`) is a single event of type `ok`.
 *
 * `time` is in ns, of one clock per recorder that is never set. How the clocks of two recorders differ is unknown, so what has to do
 * with time (real-time order, reads after writes, membership by time, presence) is judged within one recorder only. What has to do with `seq`
 * is judged across all.
 */

/** A message as somebody saw it. */
export interface Message {
  readonly seq: number;
  /** Its number among the messages of the conversation. */
  readonly n: number;
  /** The id that its sender gave it. */
  readonly id: string;
  /** The user who sent it. */
  readonly from: string;
  /** A hash of text and media. Every recorder uses the same one, and the checker only compares. That of nothing at all is `''`. */
  readonly body: string;
  readonly replyTo?: number;
  readonly deleted?: true;
  /** The `seq` of its newest edit, deletion or reaction. */
  readonly updated?: number;
  /** The reactions as one text, such as `👍2 🎉1`, without whose they are. */
  readonly reactions?: string;
}

/** A numbered change of a conversation, as it was pushed, or listed by a catch-up. */
export type Change =
  | { readonly kind: 'message'; readonly seq: number; readonly message: Message }
  | {
      readonly kind: 'edited' | 'deleted' | 'reacted';
      readonly seq: number;
      readonly target: number;
      readonly by: string;
      /** The message after the change. Members who can't see the message get none. */
      readonly message?: Message;
    }
  | { readonly kind: 'member'; readonly seq: number; readonly user: string; readonly change: 'in' | 'out' | 'other' }
  /** Name, picture, history access, and what a newer server may add. `all`: from now on, new members read from the beginning. */
  | { readonly kind: 'other'; readonly seq: number; readonly access?: 'joined' | 'all' };

/** What an answer says of a conversation: its newest change, the caller's read pointer, and the unread messages as of that change. */
export interface Counts {
  readonly conversation: string;
  readonly last: number;
  readonly read: number;
  readonly unread: number;
}

/** The answer of a catch-up for one conversation. Without `from` it describes a conversation that the caller didn't name. */
export interface Synced extends Counts {
  /** The cursor that was sent. */
  readonly from?: number;
  readonly changes?: readonly Change[];
  /** There is more after the last of `changes`. Otherwise the cursor is now `last`. */
  readonly more?: true;
  /** Not the changes since `from`, but the newest page, because those were too many. */
  readonly resync?: true;
}

/** What is asked, by operation. A `send` of the same id is the same message again. */
export interface Asked {
  send: { readonly id: string; readonly body: string; readonly replyTo?: number };
  edit: { readonly target: number; readonly body: string };
  delete: { readonly target: number };
  react: { readonly target: number; readonly emoji: string; readonly remove?: true };
  /** Moves the read pointer up to `seq`, inclusive. */
  read: { readonly seq: number };
  delivered: { readonly seq: number };
  /** Begins a conversation. `users` are the other members. A direct one may exist already. */
  create: { readonly users: readonly string[]; readonly direct?: true };
  add: { readonly users: readonly string[] };
  /** Also of oneself, which is leaving. */
  remove: { readonly user: string };
  /** Accepts an invitation. */
  join: Nothing;
  /** A page between two exclusive bounds: the newest, or the oldest if only `after` is given. */
  history: { readonly before?: number; readonly after?: number };
  /** A catch-up of all conversations. */
  sync: Nothing;
  /** Asks for counts, such as the list of conversations does. */
  unread: Nothing;
  presence: { readonly users: readonly string[] };
  /** Opens a socket. */
  connect: Nothing;
}

/** What is answered, by operation. */
export interface Answered {
  send: { readonly seq: number };
  edit: { readonly seq: number };
  delete: { readonly seq: number };
  react: { readonly seq: number };
  read: Nothing;
  delivered: Nothing;
  create: Nothing;
  add: Nothing;
  remove: Nothing;
  join: Nothing;
  history: { readonly messages: readonly Message[]; readonly more: boolean };
  sync: { readonly entries: readonly Synced[]; readonly removed: readonly string[] };
  unread: { readonly entries: readonly Counts[] };
  presence: { readonly online: readonly string[]; readonly offline: readonly string[] };
  connect: Nothing;
}

/** What is told without being asked for. */
export interface Told {
  /** A push, as it arrived. Pushes may be repeated and overtake each other. */
  receive: Change;
  /** The client's log shows a new message. It does so once for each, in the order of `seq`. */
  show: { readonly seq: number; readonly id: string };
  /** The client's last socket is closed. */
  disconnect: Nothing;
  /** No client of any recorder changes anything after this, and all that was under way has had time to arrive. */
  quiet: Nothing;
}

export type Nothing = Readonly<Record<never, never>>;
export type Operation = keyof Asked;

/** What all events have. */
export interface Stamp {
  /** In ns, of the recorder's clock. It never goes back within a recorder. */
  readonly time: number;
  /** One state of one client. A device that begins anew, without what it knew, is a new process. */
  readonly process: string;
  readonly user: string;
}

/** What the parser adds: where an event stands. */
export interface Place {
  readonly recorder: string;
  /** Counted through all files, from 1. */
  readonly line: number;
}

interface Of<F> extends Stamp {
  readonly f: F;
  /** Of what has to do with one conversation. That of a `create` is known with its `ok`. */
  readonly conversation?: string;
}

/** `op` is the operation's number within its process. An operation has one invoke, and at most one completion after it. */
export type Invoke = { [F in Operation]: Of<F> & { type: 'invoke'; op: number; value: Asked[F] } }[Operation];
export type Ok = { [F in Operation]: Of<F> & { type: 'ok'; op: number; value: Answered[F] } }[Operation];
export type Failure = {
  [F in Operation]: Of<F> & { type: 'fail' | 'info'; op: number; value: { readonly code: string } };
}[Operation];
export type Telling = { [F in keyof Told]: Of<F> & { type: 'ok'; op?: never; value: Told[F] } }[keyof Told];

/** A line of a history, as it is written. */
export type Written = Invoke | Ok | Failure | Telling;
/** A line of a history, as it is read. */
export type Event = Written & Place;
