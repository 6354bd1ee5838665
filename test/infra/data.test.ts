import { describe, expect, test } from 'vitest';
import { stackOf, stageTemplate } from './synth.ts';

const prod = stageTemplate('prod');
const dev = stageTemplate('dev');

describe('tables', () => {
  test('there are five, keyed as the adapters write them', () => {
    const tables = prod.ofType('AWS::DynamoDB::Table').map(({ properties }) => ({
      keys: properties['KeySchema'].map((key: { AttributeName: string }) => key.AttributeName),
      ttl: properties['TimeToLiveSpecification']?.AttributeName,
    }));
    expect(tables).toEqual([
      { keys: ['userId'], ttl: undefined },
      { keys: ['pk', 'sk'], ttl: 'expiresAt' },
      { keys: ['pk', 'sk'], ttl: 'expiresAt' },
      { keys: ['userId', 'connectionId'], ttl: 'expiresAt' },
      { keys: ['pk', 'sk'], ttl: 'expiresAt' },
    ]);
  });

  test.for(prod.ofType('AWS::DynamoDB::Table'))(
    '$id is on-demand and can be restored to any second',
    ({ properties }) => {
      // Without an SSESpecification DynamoDB encrypts with a key that it owns ("DynamoDB encryption at rest").
      expect(properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    },
  );
});

test('a table of dev has a most per second, and one of prod what people need', () => {
  const most = (template: typeof prod) =>
    template.ofType('AWS::DynamoDB::Table').map(({ properties }) => properties['OnDemandThroughput']);
  expect(most(dev)).toEqual(Array(5).fill({ MaxReadRequestUnits: 6_000, MaxWriteRequestUnits: 1_000 }));
  expect(most(prod)).toEqual(Array(5).fill(undefined));
});

describe('stages', () => {
  // A key goes with the custom resource that made it.
  const keys = ['Custom::PushKey', 'Custom::MediaKey'];
  const stateful = ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup', ...keys];

  test.for(stateful)('prod keeps each %s, dev throws it away', (type) => {
    for (const { deletionPolicy } of prod.ofType(type)) expect(deletionPolicy).toBe('RetainExceptOnCreate');
    for (const { deletionPolicy } of dev.ofType(type)) expect(deletionPolicy).toBe('Delete');
  });
});

describe('secrets', () => {
  const text = JSON.stringify(prod.json);

  test('CloudFormation neither knows nor makes the value of the secret', () => {
    for (const { properties } of prod.ofType('AWS::SecretsManager::Secret')) {
      expect(properties).not.toHaveProperty('SecretString');
      expect(properties).not.toHaveProperty('GenerateSecretString');
    }
  });

  test('only the proof of CloudFront is resolved from it, in the distribution, once it is there', () => {
    expect(text.match(/\{\{resolve:/g)).toHaveLength(1);
    const distribution = prod
      .ofType('AWS::CloudFront::Distribution')
      .find(({ properties }) => Object(properties['DistributionConfig']).DefaultRootObject);
    expect(JSON.stringify(distribution?.properties)).toContain(':SecretString:edge::}}');
    const keys = prod.ofType('Custom::SigningKeys').map(({ id }) => id);
    expect(distribution?.dependsOn).toEqual(expect.arrayContaining(keys));
  });

  test('no environment has a secret in it', () => {
    for (const { properties } of prod.ofType('AWS::Lambda::Function'))
      expect(JSON.stringify(properties['Environment'])).not.toMatch(/resolve|"[A-Za-z0-9+/_-]{40,}"/);
  });
});

describe('recovery', () => {
  const arn = (id: string) => `arn:aws:dynamodb:eu-west-1:111122223333:table/storm-prod-20261128-${id}`;
  const streams = new Set(['Connections', 'Messages', 'Media']);
  const ids = ['Connections', 'Messages', 'Users', 'PresenceSubscriptions', 'Media'];
  const tables = Object.fromEntries(
    ids.map((id) => [id, { tableArn: arn(id), ...(streams.has(id) && { tableStreamArn: `${arn(id)}/stream/2026` }) }]),
  );
  const restored = stageTemplate(
    'prod',
    {},
    { prod: { generation: '20261128', tables }, dev: { generation: '1', tables } },
  );

  test('after a restore every function, reader and copy has the restored tables, and the former ones are kept', () => {
    expect(restored.ofType('AWS::DynamoDB::Table')).toHaveLength(5);
    const own = restored.ofType('AWS::DynamoDB::Table').map(({ id }) => id);
    const users = restored.all.filter(
      ({ type }) => type !== 'AWS::DynamoDB::Table' && !type.startsWith('AWS::CloudWatch'),
    );
    for (const { id, properties } of users)
      for (const table of own) expect(`${id} ${JSON.stringify(properties)}`).not.toContain(`"${table}"`);
    const sources = restored
      .ofType('AWS::Lambda::EventSourceMapping')
      .map(({ properties }) => properties.EventSourceArn);
    const fed = sources.filter((source) => String(source).includes('/stream/2026'));
    expect(new Set(fed)).toEqual(new Set([...streams].map((id) => `${arn(id)}/stream/2026`)));
    const [selection] = restored.ofType('AWS::Backup::BackupSelection');
    expect(selection?.properties.BackupSelection.Resources).toEqual(
      ['Connections', 'Messages', 'Users', 'Media'].map(arn),
    );
  });

  test('after a restore every conversation has another epoch, and the keys are made anew', () => {
    const epochs = restored
      .ofType('AWS::Lambda::Function')
      .flatMap(({ properties }) => properties.Environment?.Variables.GENERATION ?? []);
    expect(new Set(epochs)).toEqual(new Set(['20261128']));
    const [keys] = restored.ofType('Custom::SigningKeys');
    expect(keys?.properties).toMatchObject({ Generation: '20261128' });
    expect(prod.ofType('Custom::SigningKeys')[0]?.properties).toMatchObject({ Generation: '1' });
  });

  test('while it is shut every function has the time to wait, and otherwise none has one', () => {
    const waits = (template: typeof prod) =>
      template
        .ofType('AWS::Lambda::Function')
        .flatMap(({ properties }) => properties.Environment?.Variables ?? [])
        .filter(({ GENERATION }) => GENERATION !== undefined)
        .map(({ MAINTENANCE_SECONDS }) => MAINTENANCE_SECONDS);
    expect(new Set(waits(stageTemplate('dev', { maintenanceSeconds: '600' })))).toEqual(new Set(['600']));
    expect(new Set(waits(dev))).toEqual(new Set([undefined]));
  });

  test('a restore purges jobs about the former tables, and keeps those that people asked for', () => {
    const recovery = JSON.stringify(prod.json['Outputs'].Recovery);
    for (const id of ['Deliveries', 'IndexJobs', 'PacedChanges', 'PresenceChanges', 'PushJobs']) {
      expect(recovery).toContain(`"${id}Queue`);
      expect(recovery).toContain(`"${id}Dead`);
    }
    for (const id of ['Erasures', 'Mails', 'Notices', 'Uploads']) expect(recovery).not.toContain(id);
  });

  test('a restored set of tables that lacks one is refused', () => {
    const { Users: _, ...some } = tables;
    expect(() => stackOf('prod', {}, { prod: { generation: '2', tables: some } })).toThrow('Users');
  });

  const bucketOf = (template: typeof prod, id: string) =>
    template.ofType('AWS::S3::Bucket').find((bucket) => bucket.id.startsWith(id))?.properties;

  test('former versions of files are kept as long as the tables can be restored to a point in time', () => {
    const { VersioningConfiguration, LifecycleConfiguration } = bucketOf(prod, 'MediaBucket');
    expect(VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({ Id: 'removed', NoncurrentVersionExpiration: { NoncurrentDays: 35 } }),
    );
  });

  test('the journal outlives the oldest copy, and in prod nobody can delete from it', () => {
    const [plan] = prod.ofType('AWS::Backup::BackupPlan');
    const copies = plan?.properties.BackupPlan.BackupPlanRule[0].Lifecycle.DeleteAfterDays;
    const { DefaultRetention } = bucketOf(prod, 'Journal').ObjectLockConfiguration.Rule;
    expect(DefaultRetention).toMatchObject({ Mode: 'COMPLIANCE' });
    expect(DefaultRetention.Days).toBeGreaterThan(copies);
    expect(bucketOf(dev, 'Journal')).not.toHaveProperty('ObjectLockConfiguration');
    const actions = JSON.stringify(
      prod.ofType('AWS::IAM::Policy').map(({ properties }) => properties.PolicyDocument.Statement),
    );
    expect(
      actions.match(/"Action":\[?"s3:PutObject"[^\]}]*\]?,"Effect":"Allow","Resource":{[^}]*"Journal/g),
    ).toHaveLength(3);
  });
});
