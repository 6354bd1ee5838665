/**
 * Small apps of the shapes that public CDK apps have (local/APPS.md names some): a stack for each. All code is our own, and none is bundled,
 * so that it finds the AWS SDK and layers as on Lambda.
 */
import * as path from 'node:path';
import {
  App,
  aws_apigatewayv2 as apigw,
  aws_logs as awsLogs,
  CfnOutput,
  custom_resources as cr,
  Duration,
  aws_lambda_destinations as destinations,
  aws_dynamodb as dynamodb,
  aws_lambda_event_sources as eventSources,
  aws_events as events,
  aws_apigatewayv2_integrations as integrations,
  aws_lambda as lambda,
  Stack,
  aws_s3 as s3,
  aws_s3_notifications as s3Notifications,
  aws_scheduler as scheduler,
  aws_scheduler_targets as schedulerTargets,
  aws_sns as sns,
  aws_sqs as sqs,
  aws_ssm as ssm,
  aws_sns_subscriptions as subscriptions,
  aws_events_targets as targets,
} from 'aws-cdk-lib';

const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' } });
/** A stack with a table for what its functions note. */
function shape(id: string) {
  const stack = new Stack(app, id);
  const code = lambda.Code.fromAsset(path.join(import.meta.dirname, 'handlers'));
  const table = new dynamodb.Table(stack, 'Notes', {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    stream: dynamodb.StreamViewType.NEW_IMAGE,
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  });
  new CfnOutput(stack, 'Table', { value: table.tableName });
  const handler = (name: string, props: Partial<lambda.FunctionProps> = {}) => {
    const fn = new lambda.Function(stack, name, {
      code,
      handler: `${id.toLowerCase()}.${name}`,
      runtime: lambda.Runtime.NODEJS_22_X,
      environment: { TABLE: table.tableName },
      ...props,
    });
    table.grantReadWriteData(fn);
    return fn;
  };
  return { stack, table, handler, output: (name: string, value: string) => new CfnOutput(stack, name, { value }) };
}

/** A chat made of single resources, whose functions find their way back by what the event says. */
function chat(): void {
  const { stack, handler, output } = shape('Chat');
  const api = new apigw.CfnApi(stack, 'Api', {
    name: 'Chat',
    protocolType: 'WEBSOCKET',
    routeSelectionExpression: '$request.body.action',
  });
  const routes = Object.entries({ $connect: 'join', $disconnect: 'leave', send: 'send' }).map(([routeKey, name]) => {
    const uri = `arn:aws:apigateway:${stack.region}:lambda:path/2015-03-31/functions/${handler(name).functionArn}/invocations`;
    const integration = new apigw.CfnIntegration(stack, `${name}Integration`, {
      apiId: api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: uri,
    });
    const target = `integrations/${integration.ref}`;
    return new apigw.CfnRoute(stack, `${name}Route`, { apiId: api.ref, routeKey, authorizationType: 'NONE', target });
  });
  const deployment = new apigw.CfnDeployment(stack, 'Deployment', { apiId: api.ref });
  for (const route of routes) deployment.node.addDependency(route);
  const stageName = 'dev';
  new apigw.CfnStage(stack, 'Stage', { apiId: api.ref, stageName, deploymentId: deployment.ref });
  output('Url', `wss://${api.ref}.execute-api.${stack.region}.amazonaws.com/${stageName}`);
}

/** Sockets that are told from outside, by a function that has their address from a parameter. */
function board(): void {
  const { stack, handler, output } = shape('Board');
  const connect = new integrations.WebSocketLambdaIntegration('Enter', handler('enter'));
  const api = new apigw.WebSocketApi(stack, 'Api', { connectRouteOptions: { integration: connect } });
  const stage = new apigw.WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'v1', autoDeploy: true });
  const parameter = new ssm.StringParameter(stack, 'Address', { stringValue: stage.url.replace('wss', 'https') });
  const post = handler('post', { environment: { TABLE: '', PARAMETER: parameter.parameterName } });
  parameter.grantRead(post);
  api.grantManageConnections(post);
  output('Url', stage.url);
  output('Post', post.functionName);
}

/** Notes behind an HTTP API, and pictures that are uploaded by signed addresses and told of by EventBridge. */
function notes(): void {
  const { stack, handler, output } = shape('Notes');
  const pictures = new s3.Bucket(stack, 'Pictures', { eventBridgeEnabled: true });
  const serve = handler('serve');
  serve.addEnvironment('PICTURES', pictures.bucketName);
  pictures.grantPut(serve);
  const api = new apigw.HttpApi(stack, 'Api');
  const integration = new integrations.HttpLambdaIntegration('Serve', serve);
  api.addRoutes({ path: '/notes/{id}', methods: [apigw.HttpMethod.GET, apigw.HttpMethod.PUT], integration });
  api.addRoutes({ path: '/pictures/{id}', methods: [apigw.HttpMethod.POST], integration });
  new events.Rule(stack, 'Uploaded', {
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [pictures.bucketName] } },
    },
    targets: [new targets.LambdaFunction(handler('uploaded'))],
  });
  output('Url', api.apiEndpoint);
}

/** From a bucket over a topic and a queue to a function, and from a function over a topic to another. */
function chain(): void {
  const { stack, handler, output } = shape('Chain');
  const bucket = new s3.Bucket(stack, 'Bucket');
  const topic = new sns.Topic(stack, 'Topic');
  const queue = new sqs.Queue(stack, 'Queue');
  bucket.addEventNotification(s3.EventType.OBJECT_CREATED, new s3Notifications.SnsDestination(topic), {
    suffix: '.txt',
  });
  topic.addSubscription(new subscriptions.SqsSubscription(queue));
  handler('arrive').addEventSource(new eventSources.SqsEventSource(queue));
  const told = new sns.Topic(stack, 'Told');
  told.addSubscription(new subscriptions.LambdaSubscription(handler('hear')));
  const begin = handler('begin');
  begin.addEnvironment('BUCKET', bucket.bucketName).addEnvironment('TOPIC', told.topicArn);
  bucket.grantPut(begin);
  told.grantPublish(begin);
  output('Begin', begin.functionName);
}

/** Orders on a bus of their own, and an outbox: what is written down is told by the table's stream. */
function orders(): void {
  const { stack, table, handler, output } = shape('Orders');
  const bus = new events.EventBus(stack, 'Bus', { eventBusName: 'orders' });
  const write = handler('write');
  const tell = handler('tell');
  tell.addEnvironment('BUS', bus.eventBusName);
  bus.grantPutEventsTo(tell);
  tell.addEventSource(new eventSources.DynamoEventSource(table, { startingPosition: lambda.StartingPosition.LATEST }));
  const queue = new sqs.Queue(stack, 'Large');
  handler('large').addEventSource(new eventSources.SqsEventSource(queue, { batchSize: 1 }));
  new events.Rule(stack, 'LargeOrders', {
    eventBus: bus,
    eventPattern: { source: ['shop'], detail: { amount: [{ numeric: ['>=', 100] }] } },
    targets: [new targets.SqsQueue(queue, { message: events.RuleTargetInput.fromEventPath('$.detail') })],
  });
  new events.Rule(stack, 'Log', {
    eventBus: bus,
    eventPattern: { source: events.Match.prefix('sh') },
    targets: [new targets.CloudWatchLogGroup(new awsLogs.LogGroup(stack, 'AllOrders'))],
  });
  const api = new apigw.HttpApi(stack, 'Api');
  const integration = new apigw.CfnIntegration(stack, 'ToBus', {
    apiId: api.apiId,
    integrationType: 'AWS_PROXY',
    integrationSubtype: 'EventBridge-PutEvents',
    payloadFormatVersion: '1.0',
    requestParameters: {
      Source: 'shop',
      DetailType: 'ordered',
      Detail: '$request.body',
      EventBusName: bus.eventBusArn,
    },
  });
  const target = `integrations/${integration.ref}`;
  new apigw.CfnRoute(stack, 'ToBusRoute', { apiId: api.apiId, routeKey: 'POST /orders', target });
  api.addRoutes({
    path: '/large',
    methods: [apigw.HttpMethod.POST],
    integration: new integrations.HttpSqsIntegration('ToQueue', { queue }),
  });
  output('Url', api.apiEndpoint);
  output('Write', write.functionName);
}

/** Jobs that are tried again, set aside, and told of by destinations. */
function jobs(): void {
  const { stack, handler, output } = shape('Jobs');
  const dead = new sqs.Queue(stack, 'Dead');
  const queue = new sqs.Queue(stack, 'Queue', {
    visibilityTimeout: Duration.seconds(1),
    deadLetterQueue: { queue: dead, maxReceiveCount: 1 },
  });
  const work = handler('work', { timeout: Duration.seconds(1) });
  work.addEventSource(new eventSources.SqsEventSource(queue, { reportBatchItemFailures: true }));
  handler('bury').addEventSource(new eventSources.SqsEventSource(dead));
  const begin = handler('begin', {
    onSuccess: new destinations.SqsDestination(queue),
    onFailure: new destinations.LambdaDestination(handler('failed'), { responseOnly: true }),
    retryAttempts: 0,
  });
  output('Begin', begin.functionName);
}

/** What is there from the start: an item by the SDK, one by a provider, a page at a function's own address, with a layer. */
function start(): void {
  const { stack, table, handler, output } = shape('Start');
  const seed = {
    service: 'DynamoDB',
    action: 'putItem',
    parameters: { TableName: table.tableName, Item: { id: { S: 'seed' }, value: { S: 'sown' } } },
    physicalResourceId: cr.PhysicalResourceId.of('seed'),
  };
  const policy = cr.AwsCustomResourcePolicy.fromSdkCalls({ resources: [table.tableArn] });
  new cr.AwsCustomResource(stack, 'Seed', { onCreate: seed, policy, installLatestAwsSdk: false });
  const layer = new lambda.LayerVersion(stack, 'Layer', {
    code: lambda.Code.fromAsset(path.join(import.meta.dirname, 'layer')),
  });
  const page = handler('page', { layers: [layer] });
  output('Url', page.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE }).url);
}

/** What a clock begins: a schedule with an input, and a rule. */
function clock(): void {
  const { stack, handler } = shape('Clock');
  const queue = new sqs.Queue(stack, 'Queue');
  handler('receive').addEventSource(new eventSources.SqsEventSource(queue));
  new scheduler.Schedule(stack, 'EveryMinute', {
    schedule: scheduler.ScheduleExpression.cron({ minute: '*' }),
    target: new schedulerTargets.SqsSendMessage(queue, { input: scheduler.ScheduleTargetInput.fromText('tick') }),
  });
  new events.Rule(stack, 'Hourly', {
    schedule: events.Schedule.rate(Duration.hours(1)),
    targets: [new targets.LambdaFunction(handler('hourly'))],
  });
}

for (const make of [chat, board, notes, chain, orders, jobs, start, clock]) make();
