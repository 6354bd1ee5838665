import { Duration } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type ITable,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { type Conditions, PolicyStatement } from 'aws-cdk-lib/aws-iam';
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
  | 'BatchWriteItem'
  | 'Scan'
  | 'DescribeTable';

/** The tables. Each method lets a function do one thing: it grants the actions, and passes the tables' names in the environment. */
export class Tables extends Construct {
  /** One row per user, with their connections, settings and rate limits. */
  private readonly connections: ITable;
  /** Conversations with their members and messages. */
  private readonly messages: ITable;
  /** Accounts, their sessions and attempts to log in. */
  private readonly users: ITable;
  /** The subscriptions of sockets to users' presence. */
  private readonly presenceSubscriptions: ITable;
  /** Uploaded files. */
  private readonly media: ITable;

  /** The tables in use by their ids. */
  get all(): readonly ITable[] {
    return [...this.kept, this.presenceSubscriptions];
  }

  /** Those that hold what can't be made anew. */
  get kept(): readonly ITable[] {
    return [this.connections, this.messages, this.users, this.media];
  }

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { tableMaximum } = settings;
    const kept: Omit<TableProps, 'partitionKey'> = {
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(tableMaximum && {
        maxReadRequestUnits: tableMaximum.readUnits,
        maxWriteRequestUnits: tableMaximum.writeUnits,
      }),
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: settings.dataRemoval,
    };
    const pk = { name: 'pk', type: AttributeType.STRING };
    const sk = { name: 'sk', type: AttributeType.STRING };
    const { restored } = settings;
    const restoredScope = restored && new Construct(this, 'Restored');
    /** The table of the stack, or the one that takes its place after a restore. The stack keeps its own until somebody deletes it. */
    const inUse = (id: string, props: TableProps): ITable => {
      const own = new Table(this, id, props);
      if (!restored || !restoredScope) return own;
      const at = restored.tables[id];
      if (!at) throw new Error(`restored.json lacks the table ${id}`);
      return Table.fromTableAttributes(restoredScope, id, at);
    };
    this.connections = inUse('Connections', {
      ...kept,
      partitionKey: { name: 'userId', type: AttributeType.STRING },
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.messages = inUse('Messages', {
      ...kept,
      partitionKey: pk,
      sortKey: sk,
      timeToLiveAttribute: 'expiresAt',
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.users = inUse('Users', { ...kept, partitionKey: pk, sortKey: sk, timeToLiveAttribute: 'expiresAt' });
    this.presenceSubscriptions = inUse('PresenceSubscriptions', {
      ...kept,
      partitionKey: { name: 'userId', type: AttributeType.STRING },
      sortKey: { name: 'connectionId', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
    });
    this.media = inUse('Media', {
      ...kept,
      partitionKey: pk,
      sortKey: sk,
      timeToLiveAttribute: 'expiresAt',
      stream: StreamViewType.KEYS_ONLY,
    });
  }

  /** Adding connections, with a look at the login if one was revoked lately. */
  grantConnect(fn: AppFunction): void {
    allow(fn, this.connections, 'GetItem', 'UpdateItem');
    allow(fn, this.users, 'GetItem');
  }

  /** Checking that the login of an access token still lasts. */
  grantCheckLogin(fn: AppFunction): void {
    allow(fn, this.users, 'GetItem');
  }

  /**
   * Being the person `userId` without an account: writing their login and their row of connections, and letting messages lapse. The
   * conditions keep it from all other people's rows, and from all else of a message.
   */
  grantProbe(fn: AppFunction, userId: string): void {
    const only = (table: ITable, key: string) =>
      allowIf(fn, table, 'PutItem', { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [key] } });
    only(this.users, `user#${userId}`);
    only(this.connections, userId);
    allowIf(fn, this.messages, 'UpdateItem', {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'expiresAt'] },
      StringEqualsIfExists: { 'dynamodb:ReturnValues': 'NONE' },
    });
  }

  /** Counting open sockets. */
  grantCountSockets(fn: AppFunction): void {
    allow(fn, this.connections, 'Scan', 'DescribeTable');
  }

  /** Removing connections. */
  grantRemoveConnections(fn: AppFunction): void {
    allow(fn, this.connections, 'UpdateItem');
  }

  /** Sending messages, which includes sealing missing messages and keeping files. */
  grantSend(fn: AppFunction): void {
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem');
    allow(fn, this.media, 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem');
    this.grantReachSockets(fn);
  }

  /** Finding changes of large conversations in the stream. The former release delivers them, too (lib/capabilities/delivery.ts). */
  feedFanout(fn: AppFunction, alarms: Alarms): void {
    const filters = streamFilters.fanout;
    new StreamReader(this.messages, 'Fanout', { fn, alarms, filters, batchSize: 100, parallelization: 1 });
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query');
    this.grantReachSockets(fn);
  }

  /** Delivering changes of large conversations in rounds, which includes sealing missing messages. */
  grantPacedFanout(fn: AppFunction): void {
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem');
    this.grantReachSockets(fn);
  }

  /** Handling what may wait for a second: receipts, push jobs and index jobs. */
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
    allow(fn, this.users, 'BatchGetItem');
    this.grantReachSockets(fn);
  }

  /** Storing push subscriptions, whose end is also in the user's row of the table Connections. */
  grantSubscribe(fn: AppFunction): void {
    allow(fn, this.users, 'Query', 'PutItem', 'DeleteItem');
    allow(fn, this.connections, 'UpdateItem');
  }

  /** Deciding about a notification, storing that it was sent, and summarizing conversations that were read for the badge. */
  grantPush(fn: AppFunction): void {
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem', 'DeleteItem');
    allow(fn, this.connections, 'BatchGetItem', 'UpdateItem');
    allow(fn, this.users, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'DeleteItem');
  }

  /**
   * Moving pointers of what was received and read, which opens conversations whose summary has the pointer. The visibility of
   * clients comes with `grantReachSockets` or `grantVisibility`.
   */
  grantReceipts(fn: AppFunction): void {
    allow(fn, this.messages, 'GetItem', 'Query', 'UpdateItem', 'PutItem');
  }

  /** Reading whether somebody looks at a client, and keeping those from connecting who send far too many frames. */
  grantVisibility(fn: AppFunction): void {
    allow(fn, this.connections, 'BatchGetItem', 'UpdateItem');
  }

  /** Editing, deleting and reacting, which includes deleting items of reactions and uses of files. */
  grantRevise(fn: AppFunction): void {
    allow(fn, this.media, 'BatchGetItem', 'UpdateItem', 'DeleteItem');
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem', 'DeleteItem');
    this.grantReachSockets(fn);
  }

  /** Creating conversations, with a check of blocks, changing their members, and reading their history. */
  grantConversations(fn: AppFunction): void {
    this.grantAvatars(fn);
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem', 'DeleteItem');
    allow(fn, this.messages, 'ConditionCheckItem');
    this.grantReachSockets(fn);
  }

  /** Blocking those whose invitations are declined, which ends the presence subscriptions between the two. */
  grantBlockInviters(fn: AppFunction): void {
    allow(fn, this.presenceSubscriptions, 'Query', 'BatchWriteItem');
  }

  /** Building the search index, which includes sealing missing messages. */
  grantIndex(fn: AppFunction): void {
    allow(fn, this.messages, 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem');
  }

  /** Searching, which includes building missing segments and sealing missing messages. */
  grantSearch(fn: AppFunction): void {
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem');
  }

  /** Registering, logging in, changing the password. An account comes with its row of connections. */
  grantAccounts(fn: AppFunction): void {
    allow(
      fn,
      this.users,
      'GetItem',
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    );
    allow(fn, this.connections, 'PutItem', 'UpdateItem');
  }

  /** Going on with logins, listing and ending them, reading recent activity, and asking for mails. */
  grantSecurity(fn: AppFunction): void {
    allow(fn, this.users, 'GetItem', 'Query', 'PutItem', 'UpdateItem');
    allow(fn, this.connections, 'UpdateItem');
  }

  /** Writing mails, which includes storing their tokens and reading the person's language. */
  grantMail(fn: AppFunction): void {
    allow(fn, this.users, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
    allow(fn, this.connections, 'GetItem');
  }

  grantProfiles(fn: AppFunction): void {
    this.grantAvatars(fn);
    allow(fn, this.users, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem');
  }

  /** Reading and changing settings, which are in the user's row of the table Connections. */
  grantSettings(fn: AppFunction): void {
    allow(fn, this.connections, 'GetItem', 'UpdateItem');
  }

  /** Blocking users, which sets a flag in the direct conversation with them and ends their presence subscriptions. */
  grantBlocks(fn: AppFunction): void {
    allow(fn, this.messages, 'GetItem', 'Query', 'PutItem', 'DeleteItem', 'UpdateItem', 'ConditionCheckItem');
    allow(fn, this.connections, 'BatchGetItem');
    allow(fn, this.presenceSubscriptions, 'Query', 'BatchWriteItem');
  }

  /** Reading the presence of users who share a conversation. */
  grantPresence(fn: AppFunction): void {
    allow(fn, this.messages, 'BatchGetItem', 'Query');
    allow(fn, this.connections, 'BatchGetItem');
  }

  /** Finding changes of presence in the stream. They are gathered for a second, because they need not be delivered sooner. */
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

  /** Delivering presence to subscribers, which includes removing the subscriptions and entries of closed sockets. */
  grantTellPresence(fn: AppFunction): void {
    this.grantPresence(fn);
    allow(fn, this.connections, 'UpdateItem');
    allow(fn, this.presenceSubscriptions, 'Query', 'BatchWriteItem');
  }

  /** Delivering changed profiles to those with whom a user shares conversations. */
  grantTellProfiles(fn: AppFunction): void {
    this.grantPresence(fn);
    allow(fn, this.users, 'GetItem');
  }

  /** Reading presence and subscribing to it. */
  grantSubscribePresence(fn: AppFunction): void {
    this.grantPresence(fn);
    allow(fn, this.presenceSubscriptions, 'BatchWriteItem');
  }

  /** Applying rate limits. */
  grantRateLimits(fn: AppFunction): void {
    allow(fn, this.connections, 'UpdateItem');
  }

  /** Closing an account, which includes deleting its logins and its row of the table Connections. */
  private grantCloseAccount(fn: AppFunction): void {
    allow(fn, this.media, 'BatchGetItem', 'UpdateItem', 'DeleteItem');
    allow(fn, this.users, 'GetItem', 'Query', 'PutItem', 'DeleteItem');
    allow(fn, this.connections, 'GetItem', 'DeleteItem');
  }

  /** Closing the caller's account, and exporting their data. */
  grantPrivacy(fn: AppFunction): void {
    this.grantCloseAccount(fn);
    this.grantRateLimits(fn);
    allow(fn, this.messages, 'Query', 'BatchGetItem');
  }

  /** Erasing an account: emptying the user's messages, and removing them from all conversations. */
  grantErase(fn: AppFunction): void {
    this.grantCloseAccount(fn);
    allow(fn, this.messages, 'GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem', 'DeleteItem');
    this.grantReachSockets(fn);
  }

  /** Granting uploads, and showing files to those who may see them. */
  grantMedia(fn: AppFunction): void {
    allow(fn, this.media, 'PutItem', 'UpdateItem', 'Query');
    allow(fn, this.messages, 'GetItem', 'BatchGetItem');
  }

  /** Storing the result of an upload's inspection, and delivering it. */
  grantInspect(fn: AppFunction): void {
    allow(fn, this.media, 'GetItem', 'UpdateItem');
    this.grantReachSockets(fn);
  }

  /** Reading the keys of deleted files' rows from the stream. */
  feedSweep(fn: AppFunction, alarms: Alarms): void {
    new StreamReader(this.media, 'Sweep', {
      fn,
      alarms,
      filters: streamFilters.sweep,
      batchSize: 100,
      parallelization: 1,
    });
  }

  /** Changing avatars, which includes the uses of the old and the new file. */
  private grantAvatars(fn: AppFunction): void {
    allow(fn, this.media, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
  }

  /** Finding users' connections, and removing those that are gone. */
  private grantReachSockets(fn: AppFunction): void {
    allow(fn, this.connections, 'BatchGetItem', 'UpdateItem');
  }
}

function allow(fn: AppFunction, table: ITable, ...actions: Action[]): void {
  table.grant(fn, ...actions.map((action) => `dynamodb:${action}`));
  nameTable(fn, table);
}

/** Allows an action under conditions ("Using IAM policy conditions for fine-grained access control"). */
function allowIf(fn: AppFunction, table: ITable, action: Action, conditions: Conditions): void {
  const actions = [`dynamodb:${action}`];
  fn.addToRolePolicy(new PolicyStatement({ actions, resources: [table.tableArn], conditions }));
  nameTable(fn, table);
}

function nameTable(fn: AppFunction, table: ITable): void {
  fn.addEnvironment(`${constantCase(table.node.id)}_TABLE`, table.tableName);
}
