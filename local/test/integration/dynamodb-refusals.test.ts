import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callService } from '../../services/call.ts';
import { createGuard } from '../../services/dynamodb/guard/guard.ts';
import { proxied } from '../../services/dynamodb/guard/proxy.ts';
import { startDynamoDb } from '../../services/dynamodb/server.ts';
import type { HttpService } from '../../services/http-service.ts';
import { callerOf } from '../helpers/world.ts';

let folder: string;
let dynamoDb: HttpService;

const TableName = 'parcels';
const attribute = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
const ofStrings = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
const parcels = {
  TableName,
  KeySchema: [attribute('pk', 'HASH'), attribute('sk', 'RANGE')],
  AttributeDefinitions: ofStrings('pk', 'sk', 'town'),
  BillingMode: 'PAY_PER_REQUEST',
  GlobalSecondaryIndexes: [
    { IndexName: 'byTown', KeySchema: [attribute('town', 'HASH')], Projection: { ProjectionType: 'ALL' } },
  ],
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamodb-'));
  const server = await startDynamoDb({ file: join(folder, 'dynamodb.sqlite'), log: console });
  dynamoDb = await proxied(server, { check: createGuard(server.endpoint), admit: () => undefined });
  await callService(callerOf(dynamoDb.endpoint), 'DynamoDB_20120810.CreateTable', parcels);
  await send(put({ Item: { ...present, m: { M: {} } } }));
});
afterAll(async () => {
  await dynamoDb.stop();
  await rm(folder, { recursive: true });
});

type Request = readonly [operation: string, input: object];

const send = ([operation, input]: Request) =>
  callService(callerOf(dynamoDb.endpoint), `DynamoDB_20120810.${operation}`, input);

const S = (text: string) => ({ S: text });
const N = (number: number | string) => ({ N: String(number) });
const key = (sk: string) => ({ pk: S('a'), sk: S(sk) });
const present = key('present');
const absent = key('absent');
const a = { ':a': S('x') };

const on = (operation: string, input: object): Request => [operation, { TableName, ...input }];
const put = (input: object) => on('PutItem', { Item: absent, ...input });
const update = (UpdateExpression: string, ExpressionAttributeValues?: object, more: object = {}) =>
  on('UpdateItem', { Key: present, UpdateExpression, ExpressionAttributeValues, ...more });
const condition = (ConditionExpression: string, ExpressionAttributeValues?: object, more: object = {}) =>
  put({ Item: present, ConditionExpression, ExpressionAttributeValues, ...more });
/** Of a partition without items, so that no item is held to the filter. */
const filter = (FilterExpression: string, values: object) =>
  query('pk = :p', { ':p': S('nobody'), ...values }, { FilterExpression });
const query = (KeyConditionExpression: string, values: object, more: object = {}) =>
  on('Query', { KeyConditionExpression, ExpressionAttributeValues: { ':p': S('a'), ...values }, ...more });
const transaction = (...actions: Record<string, object>[]): Request => [
  'TransactWriteItems',
  {
    TransactItems: actions.map((item) =>
      Object.fromEntries(Object.entries(item).map(([action, input]) => [action, { TableName, ...input }])),
    ),
  },
];
const batchWrite = (...writes: object[]): Request => ['BatchWriteItem', { RequestItems: { [TableName]: writes } }];
const batchGet = (...Keys: object[]): Request => ['BatchGetItem', { RequestItems: { [TableName]: { Keys } } }];
const several = <T>(count: number, one: (i: number) => T) => Array.from({ length: count }, (_, i) => one(i));
const nested = (levels: number): object => (levels === 0 ? S('x') : { L: [nested(levels - 1)] });

const emptyKey = 'cannot contain an empty string value. Key: ';
const wrongOperand = (operator: string, type: string) =>
  `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`;

type Rules = Readonly<Record<string, readonly [Request, message: string]>>;

// "Key condition expressions for the Query operation", "Constraints in Amazon DynamoDB".
const keys: Rules = {
  'a prefix of a sort key is not empty': [query('pk = :p AND begins_with(sk, :s)', { ':s': S('') }), emptyKey],
  'a sort key in a condition is not empty': [query('pk = :p AND sk > :s', { ':s': S('') }), emptyKey],
  'a bound of a sort key is not empty': [
    query('pk = :p AND sk BETWEEN :s AND :t', { ':s': S(''), ':t': S('x') }),
    emptyKey,
  ],
  'a partition key in a condition is not empty': [query('pk = :p', { ':p': S('') }), emptyKey],
  'a key of an index in a condition is not empty': [
    query('town = :p', { ':p': S('') }, { IndexName: 'byTown' }),
    emptyKey,
  ],
  'a partition key in a condition has at most 2048 bytes': [
    query('pk = :p', { ':p': S('x'.repeat(2049)) }),
    'Size of hashkey has exceeded the maximum size limit of2048 bytes',
  ],
  'a sort key in a condition has at most 1024 bytes': [
    query('pk = :p AND sk = :s', { ':s': S('ä'.repeat(513)) }),
    'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
  ],
  'a key in a condition has its type in the schema': [
    query('pk = :p AND sk = :s', { ':s': N(1) }),
    'Condition parameter type does not match schema type',
  ],
  'a starting key is not empty': [query('pk = :p', {}, { ExclusiveStartKey: key('') }), emptyKey],
  'a starting key is in the partition that is queried': [
    query('pk = :p', {}, { ExclusiveStartKey: { pk: S('b'), sk: S('x') } }),
    'The provided starting key is outside query boundaries based on provided conditions',
  ],
  ...Object.fromEntries(
    Object.entries({
      'begins_with(sk, :s)': 'a',
      'sk < :s': 'm',
      'sk <= :s': 'n',
      'sk > :s': 'm',
      'sk >= :s': 'a',
      'sk BETWEEN :s AND :s': 'a',
    }).map(([where, start]) => [
      `a starting key meets the condition ${where}`,
      [
        query(`pk = :p AND ${where}`, { ':s': S('m') }, { ExclusiveStartKey: key(start) }),
        'The provided starting key does not match the range key predicate',
      ] as const,
    ]),
  ),
};

// "Constraints in Amazon DynamoDB", "Comparison operator and function reference" and what DynamoDB answers.
const expressions: Rules = {
  'an expression has at most 300 operators': [
    condition(several(151, () => 'b = :a').join(' OR '), a),
    'The expression contains too many operators; operator count: 301',
  ],
  'IN has at most 100 operands': [
    condition(`b IN (${several(101, () => ':a')})`, a),
    'The IN operator is provided with too many operands; number of operands: 101',
  ],
  'a value that is given is used, also where the condition fails': [
    condition('attribute_exists(b)', a),
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}',
  ],
  'a name that is given is used, also where the condition fails': [
    condition('attribute_exists(b)', undefined, { ExpressionAttributeNames: { '#a': 'a' } }),
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}',
  ],
  'a value that is used is given, also where nothing is filtered': [
    filter('b = :b AND b = :a', a),
    'An expression attribute value used in expression is not defined; attribute value: :b',
  ],
  'a function has its name in lower case': [
    condition('ATTRIBUTE_EXISTS(b)'),
    'Invalid function name; function: ATTRIBUTE_EXISTS',
  ],
  'a prefix of a key is a string or bytes': [
    query('pk = :p AND begins_with(sk, :s)', { ':s': N(1) }),
    wrongOperand('begins_with', 'N'),
  ],
  'what is compared has an order': [condition('b < :a', { ':a': { BOOL: true } }), wrongOperand('<', 'BOOL')],
  'a name of a type is a string': [
    condition('attribute_type(b, :a)', { ':a': N(1) }),
    wrongOperand('attribute_type', 'N'),
  ],
  'a name of a type is that of one': [
    condition('attribute_type(b, :a)', a),
    'Invalid attribute type name found; type: x',
  ],
  'nothing is compared with itself': [
    condition('#b = b', undefined, { ExpressionAttributeNames: { '#b': 'b' } }),
    'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [b]',
  ],
  'bounds have one type': [
    filter('b BETWEEN :a AND :b', { ...a, ':b': N(1) }),
    'The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {S:x}, upper bound operand: AttributeValue: {N:1}',
  ],
  'the lower bound is not above the upper': [
    filter('b BETWEEN :a AND :b', { ':a': N(10), ':b': N(9) }),
    'The BETWEEN operator requires upper bound to be greater than or equal to lower bound',
  ],
  'an update leaves the key alone, also where its condition fails': [
    update('SET sk = :a', a, { ConditionExpression: 'attribute_not_exists(pk)' }),
    'Cannot update attribute sk. This attribute is part of the key',
  ],
  'an update takes nothing for a list and for a map': [
    update('SET m.b = :a, m[1] = :a', a),
    'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [m, b], path two: [m, [1]]',
  ],
};

const action = (UpdateExpression: string, ExpressionAttributeValues?: object) =>
  transaction({ Update: { Key: present, UpdateExpression, ExpressionAttributeValues } });

// "Amazon DynamoDB Transactions: How it works", "API Reference".
const transactions: Rules = {
  'in a transaction, too, an update leaves the key alone': [
    action('SET pk = :a', a),
    'Cannot update attribute pk. This attribute is part of the key',
  ],
  'in a transaction, too, an update says something': [action(''), 'The expression can not be empty'],
  'in a transaction, too, an update writes nothing twice': [
    action('SET b = :a REMOVE b', a),
    'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [b], path two: [b]',
  ],
  'in a transaction, too, an update has each section once': [
    action('SET b = :a SET c = :a', a),
    'The "SET" section can only be used once in an update expression',
  ],
  'in a transaction, too, what is given is used': [
    transaction({
      ConditionCheck: { Key: present, ConditionExpression: 'attribute_exists(b)', ExpressionAttributeValues: a },
    }),
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}',
  ],
  'an action without an expression has no values': [
    transaction({ Put: { Item: absent, ExpressionAttributeValues: a } }),
    'ExpressionAttributeValues can only be specified when using expressions',
  ],
  'an item of a transaction is one action': [
    transaction({ Put: { Item: absent }, Delete: { Key: key('other') } }),
    'TransactItems can only contain one of Check, Put, Update or Delete',
  ],
  'an item of a batch is put or deleted': [
    batchWrite({ PutRequest: { Item: absent }, DeleteRequest: { Key: key('other') } }),
    'Supplied AttributeValue has more than one datatypes set',
  ],
  'a failed condition answers with the old item or nothing': [
    put({ ReturnValuesOnConditionCheckFailure: 'ALL_NEW' }),
    "Value 'ALL_NEW' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]",
  ],
};

const mismatch = 'The provided key element does not match the schema';
const large = S('x'.repeat(400 * 1024));

/** What dynoxide refuses by itself; a version that no longer does needs a rule in the guard. */
const others: Rules = {
  'a key that is read is not empty': [on('GetItem', { Key: key('') }), emptyKey],
  'a key that is written is not empty': [put({ Item: key('') }), emptyKey],
  'a key of a batch is not empty': [batchGet(key('')), emptyKey],
  'a key of a transaction is not empty': [transaction({ Delete: { Key: key('') } }), emptyKey],
  'a key has no other attributes': [on('GetItem', { Key: { ...present, b: S('x') } }), mismatch],
  'a key has all its attributes': [on('DeleteItem', { Key: { pk: S('a') } }), mismatch],
  'a sort key has at most 1024 bytes': [on('GetItem', { Key: key('x'.repeat(1025)) }), 'limit of 1024 bytes'],
  'an item has its key': [put({ Item: { pk: S('a') } }), 'Missing the key sk in the item'],
  'an item has a key of its type': [put({ Item: { pk: S('a'), sk: N(1) } }), 'Type mismatch for key sk'],
  'a key of an index is not empty': [put({ Item: { ...absent, town: S('') } }), 'IndexKey: town'],
  'a starting key fits the table': [
    query('pk = :p', {}, { ExclusiveStartKey: { pk: S('a') } }),
    'The provided starting key is invalid',
  ],
  'a page has at least one item': [query('pk = :p', {}, { Limit: 0 }), 'greater than or equal to 1'],
  'a query names its partition': [query('sk = :p', {}), 'Query condition missed key schema element: pk'],
  'a query filters by no key': [
    query('pk = :p', {}, { FilterExpression: 'sk = :p' }),
    'Filter Expression can only contain non-primary key attributes',
  ],
  'an index is read eventually': [
    query('town = :p', {}, { IndexName: 'byTown', ConsistentRead: true }),
    'Consistent reads are not supported',
  ],
  'an expression has at most 4096 bytes': [
    condition(`b = :a${' '.repeat(4096)}`, a),
    'Expression size has exceeded the maximum allowed size',
  ],
  'a reserved word is no bare name': [update('SET status = :a', a), 'reserved keyword: status'],
  'a name that is used is given': [condition('attribute_exists(#b)'), 'attribute name: #b'],
  'an update writes nothing within another thing it writes': [
    update('SET b = :a, b.c = :a', a),
    'Two document paths overlap',
  ],
  'a put answers with the old item or nothing': [
    put({ ReturnValues: 'ALL_NEW' }),
    'ReturnValues can only be ALL_OLD or NONE',
  ],
  'an item has at most 400 KB': [
    put({ Item: { ...absent, b: large } }),
    'Item size has exceeded the maximum allowed size',
  ],
  'a number has at most 38 digits': [
    put({ Item: { ...absent, b: N('1'.repeat(39)) } }),
    'more than 38 significant digits',
  ],
  'a number is below 1E+126': [put({ Item: { ...absent, b: N('1e126') } }), 'Number overflow'],
  'an item has at most 32 levels': [
    put({ Item: { ...absent, b: nested(33) } }),
    'Nesting Levels have exceeded supported limits',
  ],
  'a set is not empty': [put({ Item: { ...absent, b: { SS: [] } } }), 'may not be empty'],
  'a set has nothing twice': [put({ Item: { ...absent, b: { NS: ['1', '1.0'] } } }), 'contains duplicates'],
  'null is true': [put({ Item: { ...absent, b: { NULL: false } } }), 'must have the value of true'],
  'a batch reads at most 100 items': [batchGet(...several(101, (i) => key(`${i}`))), 'less than or equal to 100'],
  'a batch reads nothing twice': [batchGet(present, present), 'contains duplicates'],
  'a batch writes at most 25 items': [
    batchWrite(...several(26, (i) => ({ DeleteRequest: { Key: key(`${i}`) } }))),
    'less than or equal to 25',
  ],
  'a batch writes nothing twice': [
    batchWrite({ PutRequest: { Item: absent } }, { DeleteRequest: { Key: absent } }),
    'contains duplicates',
  ],
  'a transaction has at most 100 actions': [
    transaction(...several(101, (i) => ({ Delete: { Key: key(`${i}`) } }))),
    'less than or equal to 100',
  ],
  'a transaction has one action an item': [
    transaction({ Put: { Item: absent } }, { Delete: { Key: absent } }),
    'cannot include multiple operations on one item',
  ],
  'a transaction has at most 4 MB': [
    transaction(...several(11, (i) => ({ Put: { Item: { ...key(`${i}`), b: S('x'.repeat(390 * 1024)) } } }))),
    '4MB limit',
  ],
};

describe.each(Object.entries({ keys, expressions, transactions, others }))('%s', (_, rules) => {
  test.each(Object.entries(rules))('%s', async (_, [request, message]) => {
    await expect(send(request)).rejects.toThrow(
      expect.objectContaining({ code: 'ValidationException', message: expect.stringContaining(message) }),
    );
  });
});

test.each<Request>([
  query('pk = :p AND sk BETWEEN :s AND :t', { ':s': S('a'), ':t': S('z') }, { ExclusiveStartKey: key('m') }),
  query(
    '#p = :p AND begins_with(#s, :s)',
    { ':s': S('m') },
    { ExclusiveStartKey: key('mm'), ExpressionAttributeNames: { '#p': 'pk', '#s': 'sk' } },
  ),
  query(
    'pk = :p',
    { ':b': N(1) },
    { FilterExpression: 'NOT (b > :b OR size(c) IN (:b)) and contains(d, :b)', ProjectionExpression: 'b, m.c[1]' },
  ),
  update('set m.c = if_not_exists(m.d, :n) + :n, e = list_append(:l, :l) REMOVE f[0], f[1] ADD g :n DELETE h :s', {
    ':n': N(1),
    ':l': { L: [] },
    ':s': { SS: ['x'] },
  }),
  update('SET #a.#b = :a', a, { ExpressionAttributeNames: { '#a': 'm', '#b': 'a key. with [1] and #' } }),
  condition('(attribute_exists(pk) AND NOT attribute_exists(x)) OR b <> :a', a),
  put({ Item: { ...absent, b: S('') } }),
])('what DynamoDB takes is taken: %j', async (...request) => {
  await expect(send(request)).resolves.toBeDefined();
});
