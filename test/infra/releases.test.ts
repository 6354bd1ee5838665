import { describe, expect, test } from 'vitest';
import { stageTemplate } from './synth.ts';

const stages = ['dev', 'prod'] as const;

describe.for(stages)('the hot functions of %s', (stage) => {
  const { ofType } = stageTemplate(stage);
  const aliases = ofType('AWS::Lambda::Alias');
  const hot = aliases.map(({ properties }) => properties.FunctionName.Ref);

  test('are those through which the messages of everybody pass', () => {
    const folders = ofType('AWS::Lambda::Function').flatMap(({ id, properties }) =>
      hot.includes(id) ? properties.Environment.Variables.FUNCTION : [],
    );
    expect(folders.toSorted()).toEqual(
      [
        'authorizer',
        'commands',
        'connect',
        'conversations',
        'fanout',
        'message',
        'message-stream',
        'poster',
      ].toSorted(),
    );
  });

  test('are invoked by their alias only, so that nothing passes a canary by', () => {
    const invoking = [
      ...['AWS::ApiGatewayV2::Integration', 'AWS::ApiGatewayV2::Authorizer', 'AWS::Lambda::EventSourceMapping'],
      ...['AWS::Lambda::Permission', 'AWS::Events::Rule', 'AWS::Scheduler::Schedule', 'AWS::SNS::Subscription'],
    ].flatMap(ofType);
    expect(invoking.length).toBeGreaterThan(30);
    for (const { id, properties } of invoking)
      for (const fn of hot) expect(JSON.stringify(properties), id).not.toContain(`"${fn}"`);
  });

  test('wait warm for nobody, which would cost money when idle', () => {
    for (const { properties } of aliases) expect(properties).not.toHaveProperty('ProvisionedConcurrencyConfig');
  });
});

describe('a release', () => {
  const groupsOf = (stage: string) => stageTemplate(stage).ofType('AWS::CodeDeploy::DeploymentGroup');

  test('to dev changes all at once', () => expect(groupsOf('dev')).toEqual([]));

  test('to prod begins with a tenth of the events, and is taken back when an alarm is raised', () => {
    const { json, ofType } = stageTemplate('prod');
    const groups = groupsOf('prod');
    const updated = ofType('AWS::Lambda::Alias').map(
      ({ id }) => json['Resources'][id].UpdatePolicy.CodeDeployLambdaAliasUpdate.DeploymentGroupName.Ref,
    );
    expect(updated.toSorted()).toEqual(groups.map(({ id }) => id).toSorted());
    for (const { properties } of groups) {
      expect(properties).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
        },
        AlarmConfiguration: { Enabled: true },
      });
      // "AWS::CodeDeploy::DeploymentGroup AlarmConfiguration": a maximum of 10 alarms can be added.
      const { Alarms } = properties.AlarmConfiguration;
      expect(Alarms.length).toBeGreaterThan(0);
      expect(Alarms.length).toBeLessThanOrEqual(10);
    }
  });

  test('is not held up by an alarm on dead letters, which stays raised until somebody has emptied the queue', () => {
    const { withId } = stageTemplate('prod');
    for (const { properties } of groupsOf('prod'))
      for (const { Name } of properties.AlarmConfiguration.Alarms)
        expect(JSON.stringify(withId(Name.Ref).properties)).not.toContain('ApproximateNumberOfMessages');
  });
});

test.for(stages)('the page of %s is served after all new code that it may ask', (stage) => {
  const { ofType } = stageTemplate(stage);
  const [page] = ofType('Custom::CDKBucketDeployment');
  const hot = ofType('AWS::Lambda::Alias').map(({ id, properties }) => ({ id, fn: properties.FunctionName.Ref }));
  const others = ofType('AWS::Lambda::Function').filter(
    ({ id }) => !id.startsWith('CustomCDK') && !id.startsWith('CustomS3'),
  );
  for (const { id } of others) expect(page?.dependsOn).toContain(hot.find(({ fn }) => fn === id)?.id ?? id);
});

test('a stack with everything in it stays below the limits of CloudFormation', () => {
  const everything = {
    mailFrom: 'storm@chat.example',
    alertEmail: 'oncall@chat.example',
    firewall: 'true',
    brake: 'true',
  };
  const { json, all } = stageTemplate('prod', everything);
  // "Understand CloudFormation quotas": 500 resources, and 1 MB by S3. A tenth is left, so that nobody has to split it in a hurry.
  expect(all.length).toBeLessThanOrEqual(450);
  expect(JSON.stringify(json).length).toBeLessThanOrEqual(900_000);
});
