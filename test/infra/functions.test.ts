import { describe, expect, test } from 'vitest';
import { handlers, stageTemplate } from './synth.ts';

const everything = {
  mailFrom: 'storm@chat.example',
  brake: 'true',
  alertWebhooksArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:storm-webhooks-AbCdEf',
};
const { ofType, withId, functionOf } = stageTemplate('prod', everything);
/** The functions of this app. CDK's own function, which copies the page into its bucket, can't be configured here. */
const functions = ofType('AWS::Lambda::Function').filter(({ id }) => !id.startsWith('CustomCDK'));

describe('functions', () => {
  test('there is one for each handler', () => {
    const names = functions.map(({ properties }) => properties['Environment'].Variables.FUNCTION);
    expect(names.toSorted()).toEqual([...handlers().keys()].toSorted());
  });

  test.for(functions)('$id runs on Node 24 and arm64, and its log ends some day', ({ properties }) => {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON' },
    });
    expect(withId(properties['LoggingConfig'].LogGroup.Ref).properties).toMatchObject({ RetentionInDays: 90 });
  });

  test('those on a request path end before their gateway gives up', () => {
    const routed = ofType('AWS::ApiGatewayV2::Integration').flatMap(
      ({ properties }) => functionOf(properties['IntegrationUri']) ?? [],
    );
    expect(routed.length).toBeGreaterThan(10);
    for (const { id, properties } of routed) expect(properties['Timeout'], id).toBeLessThanOrEqual(29);
  });

  test('every asynchronous path ends in a dead-letter queue with an alarm', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping');
    expect(mappings.length).toBeGreaterThan(0);
    for (const { properties } of mappings) {
      expect(properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
      const source = withId(properties['EventSourceArn']['Fn::GetAtt'][0]);
      const dead = (
        source.type === 'AWS::SQS::Queue'
          ? source.properties['RedrivePolicy'].deadLetterTargetArn
          : properties['DestinationConfig'].OnFailure.Destination
      )['Fn::GetAtt'][0];
      const alarms = ofType('AWS::CloudWatch::Alarm').filter(
        ({ properties }) => properties['Dimensions']?.[0]?.Value['Fn::GetAtt']?.[0] === dead,
      );
      expect(alarms).toMatchObject([{ properties: { AlarmActions: [{ Ref: ofType('AWS::SNS::Topic')[0]?.id }] } }]);
    }
  });

  test('what is invoked directly either ends there, too, or is not repeated because the next call comes in a minute', () => {
    const ends = ofType('AWS::Lambda::EventInvokeConfig').map(({ properties }) => [
      properties['FunctionName'].Ref.replace(/[0-9A-F]{8}$/, ''),
      properties['DestinationConfig']?.OnFailure.Destination['Fn::GetAtt'][0].replace(/[0-9A-F]{8}$/, '') ??
        `${properties['MaximumRetryAttempts']} tries more`,
    ]);
    expect(ends.toSorted()).toEqual([
      ['Brake', 'BrakeDead'],
      ['Gauges', '0 tries more'],
      ['Probe', '0 tries more'],
    ]);
  });
});

describe('work queues', () => {
  const mappings = ofType('AWS::Lambda::EventSourceMapping').flatMap(({ id, properties }) => {
    const source = withId(properties['EventSourceArn']['Fn::GetAtt'][0]);
    const consumer = functionOf(properties['FunctionName']);
    return source.type === 'AWS::SQS::Queue' && consumer
      ? [{ id, properties, queue: source.properties, consumer }]
      : [];
  });

  const isFifo = ({ queue }: (typeof mappings)[number]) => queue['FifoQueue'] === true;

  test('each kind of work has one', () => expect(mappings).toHaveLength(9));

  // "Creating and configuring an Amazon SQS event source mapping": six times the timeout plus the time that a batch is gathered.
  test.for(mappings.filter((mapping) => !isFifo(mapping)))(
    '$id hides a message for six times as long as its consumer may run',
    (mapping) => {
      const { properties, queue, consumer } = mapping;
      const least = 6 * consumer.properties['Timeout'] + (properties['MaximumBatchingWindowInSeconds'] ?? 0);
      expect(queue['VisibilityTimeout']).toBeGreaterThanOrEqual(least);
    },
  );

  // Lambda refuses less. More of it would hold up a group whose function dies before it sets a time of its own (lambdas/kit/queue.ts).
  test.for(mappings.filter(isFifo))('$id hides a message for as long as its consumer may run', (mapping) => {
    expect(mapping.queue['VisibilityTimeout']).toBe(mapping.consumer.properties['Timeout']);
  });
});

describe('FIFO queues', () => {
  const fifo = ofType('AWS::SQS::Queue').filter(({ properties }) => properties['FifoQueue']);

  test('their dead-letter queues are FIFO queues, too, and no other is', () => {
    const dead = fifo.flatMap(
      ({ properties }) => properties['RedrivePolicy']?.deadLetterTargetArn['Fn::GetAtt'][0] ?? [],
    );
    expect(dead).toHaveLength(1);
    expect(fifo.map(({ id }) => id)).toEqual(expect.arrayContaining(dead));
    expect(fifo).toHaveLength(2);
  });

  test('only the function that calls for its next run may go round in a loop', () => {
    const looping = ofType('AWS::Lambda::Function').filter(({ properties }) => properties['RecursiveLoop'] === 'Allow');
    expect(looping.map(({ properties }) => properties['Environment'].Variables.FUNCTION)).toEqual(['paced-fanout']);
  });

  test('what follows from the quota of API Gateway does', () => {
    const posters = (requestsPerSecond?: string) => {
      const template = stageTemplate('dev', { ...(requestsPerSecond && { requestsPerSecond }) });
      const [paced] = template
        .ofType('AWS::Lambda::Function')
        .flatMap(({ properties }) => properties['Environment']?.Variables?.REQUESTS_PER_SECOND ?? []);
      const atOnce = ['Poster', 'PacedFanout'].map(
        (id) =>
          template
            .ofType('AWS::Lambda::EventSourceMapping')
            .find(({ properties }) => template.functionOf(properties['FunctionName'])?.id.startsWith(id))?.properties[
            'ScalingConfig'
          ].MaximumConcurrency,
      );
      return [paced, ...atOnce];
    };
    expect(posters()).toEqual(['10000', 5, 50]);
    expect(posters('2500')).toEqual(['2500', 2, 13]);
    expect(posters('1000000')).toEqual(['1000000', 500, 1_000]);
    expect(() => posters('10')).toThrow(/requestsPerSecond/);
  });
});

describe('streams', () => {
  const readers = ofType('AWS::Lambda::EventSourceMapping').filter(
    ({ properties }) => properties['EventSourceArn']['Fn::GetAtt'][1] === 'StreamArn',
  );

  test('a table has at most two readers, as DynamoDB wants it', () => {
    const tables = readers.map(({ properties }) => properties['EventSourceArn']['Fn::GetAtt'][0]);
    for (const count of Map.groupBy(tables, (table) => table).values()) expect(count.length).toBeLessThanOrEqual(2);
  });

  test.for(readers)('$id gives a bad record up, by itself, and lets the others through', ({ properties }) => {
    expect(properties).toMatchObject({
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 20,
      MaximumRecordAgeInSeconds: 3600,
      FilterCriteria: expect.anything(),
    });
  });
});

/** The budgets of the bundles in KB of 1 024 bytes, minified. */
describe('bundles', () => {
  const bundles = handlers();
  test.for([
    ['connect', 450],
    ['message', 450],
    ['disconnect', 450],
    ['authorizer', 80],
    ['token', 80],
  ] as const)('%s has at most %i KB', ([name, budget]) => {
    expect(bundles.get(name)?.code.length).toBeLessThanOrEqual(budget * 1024);
  });

  test('none carries the SDK’s search for credentials', () => {
    for (const { code } of bundles.values()) expect(Buffer.from(code).toString()).not.toContain('sso_start_url');
  });
});
