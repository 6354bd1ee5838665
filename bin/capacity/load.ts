/** The load that a deployment is planned for. Rates are those of the busiest minute. */
export interface Load {
  /** People with an account. */
  readonly users: number;
  /** The share of them that is online in that minute, 0 to 1. */
  readonly online: number;
  /** Sockets of a person who is online. */
  readonly devices: number;
  /** Messages per second, of all together. */
  readonly messages: number;
  /** Members of the conversation in which a message is sent, on average over messages. */
  readonly members: number;
  /** Conversations in which somebody writes. The messages are spread over them evenly. */
  readonly conversations: number;
  /** The busiest conversation: its messages per second, and the sockets of its members. */
  readonly hotMessages: number;
  readonly hotSockets: number;
  /** Frames that mark as read, per delivery. The client sends one for all that came meanwhile. */
  readonly reads: number;
  /** The mean of a month as a share of the busiest minute, 0 to 1. */
  readonly busy: number;
  /** The bytes of a message in a frame, and in the table. */
  readonly bytes: number;
  /** How long messages are kept, in months. */
  readonly months: number;
}

/** The options of `npm run capacity`, which have the names of `Load`, and what each is unless given. */
export const defaults = {
  users: '10000',
  online: '0.2',
  devices: '1',
  messages: '100/s',
  members: '8',
  conversations: undefined,
  'hot-messages': undefined,
  'hot-sockets': undefined,
  reads: '0.3',
  busy: '0.2',
  bytes: '400',
  months: '12',
} as const;

type Given = Readonly<Partial<Record<keyof typeof defaults, string | undefined>>>;

/** Reads the options. A rate may end in `/s`. Throws, in words for whoever typed it, if a value isn't a number in its bounds. */
export function readLoad(given: Given): Load {
  const number = (name: keyof typeof defaults, fallback: number | string | undefined, least: number, most = 1e12) => {
    const text = String(given[name] ?? fallback);
    const value = /^\d/.test(text) ? Number(text.replace(/\/s$/, '')) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new Error(`--${name} must be a number from ${least} to ${most}, and is ${text}`);
    return value;
  };
  const users = number('users', defaults.users, 1);
  const online = number('online', defaults.online, 0, 1);
  const devices = number('devices', defaults.devices, 1, 20);
  const messages = number('messages', defaults.messages, 0);
  const members = number('members', defaults.members, 2, 10_000);
  const conversations = number('conversations', Math.max(1, Math.round((users * online) / members)), 1);
  return {
    users,
    online,
    devices,
    messages,
    members,
    conversations,
    hotMessages: number('hot-messages', messages / conversations, 0),
    hotSockets: number('hot-sockets', Math.ceil(members * online * devices), 0),
    reads: number('reads', defaults.reads, 0, 1),
    busy: number('busy', defaults.busy, 0, 1),
    bytes: number('bytes', defaults.bytes, 1, 32_768),
    months: number('months', defaults.months, 0, 1_200),
  };
}
