import { AttributeType, BillingMode, Table, TableEncryption, type TableProps } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import type { AppFunction } from './app-function.ts';

type Action = `dynamodb:${'Get' | 'Put' | 'Update' | 'Delete' | 'BatchGet' | 'ConditionCheck'}Item` | 'dynamodb:Query';

/** The data of STORM. Each method lets a function do one thing: it grants the calls and names the tables. */
export class Tables extends Construct {
  /** One row per user: who is connected where. */
  private readonly connections: Table;
  /** Conversations with their members and messages. */
  private readonly messages: Table;
  /** Accounts, their sessions and attempts to log in. */
  private readonly users: Table;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const kept: Omit<TableProps, 'partitionKey'> = {
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.deletionProtection,
      removalPolicy: settings.dataRemoval,
    };
    const pk = { name: 'pk', type: AttributeType.STRING };
    const sk = { name: 'sk', type: AttributeType.STRING };
    this.connections = new Table(this, 'Connections', {
      ...kept,
      partitionKey: { name: 'userId', type: AttributeType.STRING },
    });
    this.messages = new Table(this, 'Messages', { ...kept, partitionKey: pk, sortKey: sk });
    this.users = new Table(this, 'Users', { ...kept, partitionKey: pk, sortKey: sk, timeToLiveAttribute: 'expiresAt' });
  }

  grantConnect(fn: AppFunction): void {
    allow(fn, this.connections, 'dynamodb:UpdateItem');
  }

  grantDisconnect(fn: AppFunction): void {
    allow(fn, this.connections, 'dynamodb:UpdateItem');
  }

  /** Finding the sockets of people, and forgetting those that are gone. */
  grantReachSockets(fn: AppFunction): void {
    allow(fn, this.connections, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem');
  }

  /** Sending, numbering and sealing messages; read pointers. */
  grantTalk(fn: AppFunction): void {
    allow(
      fn,
      this.messages,
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    );
  }

  /** What talking needs, and making conversations and changing their members. */
  grantConversations(fn: AppFunction): void {
    this.grantTalk(fn);
    allow(fn, this.messages, 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem');
    allow(fn, this.users, 'dynamodb:BatchGetItem');
  }

  /** Registering, logging in and out. An account comes with its row of connections. */
  grantAccounts(fn: AppFunction): void {
    allow(
      fn,
      this.users,
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    );
    allow(fn, this.connections, 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
  }

  grantProfiles(fn: AppFunction): void {
    allow(fn, this.users, 'dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:UpdateItem');
  }
}

function allow(fn: AppFunction, table: Table, ...actions: Action[]): void {
  table.grant(fn, ...actions);
  fn.addEnvironment(`${table.node.id.toUpperCase()}_TABLE`, table.tableName);
}
