import { Duration } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { constantCase } from '#lib/names.ts';
import type { Settings } from '#lib/settings.ts';
import type { Alarms } from './alarms.ts';
import type { AppFunction } from './app-function.ts';
import { streamFilters } from './stream-filters.ts';
import { StreamReader } from './stream-reader.ts';

type Action =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem'
  | 'BatchWriteItem';

/** The data of STORM. Each method lets a function do one thing: it grants the calls and names the tables. */
export class Tables extends Construct {
  /** One row per user: who is connected where. */
  private readonly connections: Table;
  /** Conversations with their members and messages. */
  private readonly messages: Table;
  /** Accounts, their sessions and attempts to log in. */
  private readonly users: Table;
  /** Which sockets want to be told of whose presence. */
  private readonly presenceSubscriptions: Table;
  /** Uploaded files. */
  private readonly media: Table;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const kept: Omit<TableProps, 'partitionKey'> = {
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: settings.dataRemoval,
    };
    const pk = { name: 'pk', type: AttributeType.STRING };
    const sk = { name: 'sk', type: AttributeType.STRING };
    this.connections = new Table(this, 'Connections', {
      ...kept,
      partitionKey: { name: 'userId', type: AttributeType.STRING },
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.messages = new Table(this, 'Messages', {
      ...kept,
      partitionKey: pk,
      sortKey: sk,
      timeToLiveAttribute: 'expiresAt',
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.users = new Table(this, 'Users', { ...kept, partitionKey: pk, sortKey: sk, timeToLiveAttribute: 'expiresAt' });
    this.presenceSubscriptions = new Table(this, 'PresenceSubscriptions', {
      ...kept,
      partitionKey: { name: 'userId', type: AttributeType.STRING },
      sortKey: { name: 'connectionId', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
    });
    this.media = new Table(this, 'Media', {
      ...kept,
      partitionKey: pk,
      sortKey: sk,
      timeToLiveAttribute: 'expiresAt',
      stream: StreamViewType.KEYS_ONLY,
    });
  }

  /** Noting that a socket came or went. */
  grantTrackSockets(fn: AppFunction): void {
    allow(fn, this.connections, 'UpdateItem');
  }

  /** Sending: a number and the message, after a look at what is there; holes are sealed, and media is kept. */
  grantSend(fn: AppFunction): void {
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem');
    allow(fn, this.media, 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem');
    this.grantReachSockets(fn);
  }

  /** Delivering changes of large rooms, which are marked for it. */
  feedFanout(fn: AppFunction, alarms: Alarms): void {
    const filters = streamFilters.fanout;
    new StreamReader(this.messages, 'Fanout', { fn, alarms, filters, batchSize: 100, parallelization: 1 });
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query');
    this.grantReachSockets(fn);
  }

  /** What need not be told at once, once a second: receipts, and notifications. */
  feedMessageStream(fn: AppFunction, alarms: Alarms): void {
    const filters = streamFilters.messageStream;
    const window = Duration.seconds(1);
    new StreamReader(this.messages, 'MessageStream', {
      fn,
      alarms,
      filters,
      batchSize: 500,
      parallelization: 1,
      window,
    });
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query');
    this.grantReachSockets(fn);
  }

  /** Push subscriptions of a person, noted in the row of connections. */
  grantSubscribe(fn: AppFunction): void {
    allow(fn, this.users, 'Query', 'PutItem', 'DeleteItem');
    allow(fn, this.connections, 'UpdateItem');
  }

  /** Deciding on a push, and noting what became of it. */
  grantPush(fn: AppFunction): void {
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query');
    allow(fn, this.connections, 'BatchGetItem', 'UpdateItem');
    allow(fn, this.users, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'DeleteItem');
  }

  /** Moving read pointers. */
  grantReceipts(fn: AppFunction): void {
    allow(fn, this.messages, 'Query', 'UpdateItem');
  }

  /** Editing, deleting, reacting; a reaction that is taken back leaves nothing, and a deleted message no media. */
  grantRevise(fn: AppFunction): void {
    allow(fn, this.media, 'BatchGetItem', 'UpdateItem', 'DeleteItem');
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem', 'DeleteItem');
    this.grantReachSockets(fn);
  }

  /** Making conversations (unless one has blocked the other), changing their members, reading their history. */
  grantConversations(fn: AppFunction): void {
    this.grantAvatars(fn);
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem', 'ConditionCheckItem');
    this.grantReachSockets(fn);
  }

  /** Building the search index; holes are sealed. */
  grantIndex(fn: AppFunction): void {
    allow(fn, this.messages, 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem');
  }

  /** Searching, and building what is missing of the index; holes are sealed. */
  grantSearch(fn: AppFunction): void {
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem');
  }

  /** Registering, logging in and out. An account comes with its row of connections. */
  grantAccounts(fn: AppFunction): void {
    allow(fn, this.users, 'GetItem', 'PutItem', 'UpdateItem');
    allow(fn, this.connections, 'PutItem', 'UpdateItem');
  }

  grantProfiles(fn: AppFunction): void {
    this.grantAvatars(fn);
    allow(fn, this.users, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem');
  }

  /** Reading and changing one's own settings, which are in the row of connections. */
  grantSettings(fn: AppFunction): void {
    allow(fn, this.connections, 'GetItem', 'UpdateItem');
  }

  /** Blocking people, which flags them in the direct conversation with them. */
  grantBlocks(fn: AppFunction): void {
    allow(fn, this.messages, 'GetItem', 'Query', 'PutItem', 'DeleteItem', 'UpdateItem', 'ConditionCheckItem');
    allow(fn, this.connections, 'BatchGetItem');
    allow(fn, this.presenceSubscriptions, 'Query', 'BatchWriteItem');
  }

  /** Looking up the presence of those who share a conversation with someone. */
  grantPresence(fn: AppFunction): void {
    allow(fn, this.messages, 'BatchGetItem', 'Query');
    allow(fn, this.connections, 'BatchGetItem');
  }

  /** Noticing who came and who went; gathered for a second, since that may take as long. */
  feedPresence(fn: AppFunction, alarms: Alarms): void {
    const filters = streamFilters.presence;
    const window = Duration.seconds(1);
    new StreamReader(this.connections, 'PresenceStream', {
      fn,
      alarms,
      filters,
      batchSize: 100,
      parallelization: 4,
      window,
    });
  }

  /** Telling subscribers: finding those who may know, and forgetting sockets that are gone. */
  grantTellPresence(fn: AppFunction): void {
    this.grantPresence(fn);
    allow(fn, this.connections, 'UpdateItem');
    allow(fn, this.presenceSubscriptions, 'Query', 'BatchWriteItem');
  }

  /** The same as `grantPresence`, and noting who wants to be told of it. */
  grantSubscribePresence(fn: AppFunction): void {
    this.grantPresence(fn);
    allow(fn, this.presenceSubscriptions, 'BatchWriteItem');
  }

  /** Counting what a person does. */
  grantRateLimits(fn: AppFunction): void {
    allow(fn, this.connections, 'UpdateItem');
  }

  /** Closing an account, and forgetting its logins and its row of connections. */
  private grantCloseAccount(fn: AppFunction): void {
    allow(fn, this.media, 'BatchGetItem', 'UpdateItem', 'DeleteItem');
    allow(fn, this.users, 'GetItem', 'Query', 'PutItem', 'DeleteItem');
    allow(fn, this.connections, 'GetItem', 'DeleteItem');
  }

  /** Closing one's account, and reading all that is kept about oneself. */
  grantPrivacy(fn: AppFunction): void {
    this.grantCloseAccount(fn);
    this.grantRateLimits(fn);
    allow(fn, this.messages, 'Query', 'BatchGetItem');
  }

  /** Emptying what a person wrote, and taking them out of everything. */
  grantErase(fn: AppFunction): void {
    this.grantCloseAccount(fn);
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem', 'DeleteItem');
    this.grantReachSockets(fn);
  }

  /** Granting uploads to conversations, and showing files to those who may see them. */
  grantMedia(fn: AppFunction): void {
    allow(fn, this.media, 'PutItem', 'UpdateItem', 'Query');
    allow(fn, this.messages, 'GetItem', 'BatchGetItem');
  }

  /** Saying what became of an upload. */
  grantInspect(fn: AppFunction): void {
    allow(fn, this.media, 'GetItem', 'UpdateItem');
    this.grantReachSockets(fn);
  }

  /** The keys of files that are forgotten. */
  feedSweep(fn: AppFunction, alarms: Alarms): void {
    new StreamReader(this.media, 'Sweep', {
      fn,
      alarms,
      filters: streamFilters.sweep,
      batchSize: 100,
      parallelization: 1,
    });
  }

  /** Taking an image for an avatar, and letting the one before it go. */
  private grantAvatars(fn: AppFunction): void {
    allow(fn, this.media, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
  }

  /** Finding the sockets of people, and forgetting those that are gone. */
  private grantReachSockets(fn: AppFunction): void {
    allow(fn, this.connections, 'BatchGetItem', 'UpdateItem');
  }
}

function allow(fn: AppFunction, table: Table, ...actions: Action[]): void {
  table.grant(fn, ...actions.map((action) => `dynamodb:${action}`));
  fn.addEnvironment(`${constantCase(table.node.id)}_TABLE`, table.tableName);
}
