/** A parcel tracker: an app that has nothing in common with this project but the kinds of resources it is made of. */
import * as path from 'node:path';
import {
  App,
  aws_apigatewayv2 as apigw,
  aws_apigatewayv2_authorizers as authorizers,
  CfnOutput,
  CustomResource,
  aws_cloudfront as cloudfront,
  aws_cloudwatch as cloudwatch,
  Duration,
  aws_lambda_destinations as destinations,
  aws_dynamodb as dynamodb,
  aws_lambda_event_sources as eventSources,
  aws_events as events,
  aws_apigatewayv2_integrations as integrations,
  aws_lambda as lambda,
  aws_lambda_nodejs as nodejs,
  aws_cloudfront_origins as origins,
  RemovalPolicy,
  Stack,
  aws_s3 as s3,
  aws_s3_deployment as s3Deployment,
  aws_s3_notifications as s3Notifications,
  aws_sqs as sqs,
  aws_events_targets as targets,
} from 'aws-cdk-lib';

const here = import.meta.dirname;
// Without the context, the CDK warns that it chose this by itself.
const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' } });

const storage = new Stack(app, 'ParcelStorage');
const parcels = new dynamodb.TableV2(storage, 'Parcels', {
  partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
  dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
  removalPolicy: RemovalPolicy.DESTROY,
});

const stack = new Stack(app, 'ParcelTracker');

function handler(name: string, props: nodejs.NodejsFunctionProps = {}): nodejs.NodejsFunction {
  return new nodejs.NodejsFunction(stack, name, {
    entry: path.join(here, 'handlers', `${name}.ts`),
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    depsLockFilePath: path.join(here, '../../../../package-lock.json'),
    environment: { TABLE: parcels.tableName },
    ...props,
  });
}

// Desk: an HTTP API to hand in and look up parcels.
const desk = handler('desk');
parcels.grantReadWriteData(desk);
const http = new apigw.HttpApi(stack, 'Desk', {
  corsPreflight: {
    allowOrigins: ['https://parcels.example'],
    allowMethods: [apigw.CorsHttpMethod.ANY],
    allowHeaders: ['content-type'],
  },
});
http.addRoutes({ path: '/parcels/{id}', integration: new integrations.HttpLambdaIntegration('DeskRoute', desk) });

// Van: a WebSocket API with an authorizer; drivers report where they are.
const van = handler('van');
parcels.grantReadWriteData(van);
const gate = new lambda.Function(stack, 'Gate', {
  code: lambda.Code.fromAsset(path.join(here, 'legacy')),
  handler: 'gate.check',
  runtime: lambda.Runtime.NODEJS_22_X,
});
const vanRoute = () => new integrations.WebSocketLambdaIntegration('VanRoute', van);
const socket = new apigw.WebSocketApi(stack, 'Vans', {
  connectRouteOptions: {
    integration: vanRoute(),
    authorizer: new authorizers.WebSocketLambdaAuthorizer('GateAuthorizer', gate, {
      identitySource: ['route.request.querystring.badge'],
    }),
  },
  disconnectRouteOptions: { integration: vanRoute() },
  defaultRouteOptions: { integration: vanRoute(), returnResponse: true },
});
const stage = new apigw.WebSocketStage(stack, 'Live', { webSocketApi: socket, stageName: 'live', autoDeploy: true });
van.addEnvironment('CALLBACK_URL', stage.callbackUrl);
stage.grantManagementApiAccess(van);

const mock = new apigw.CfnIntegration(stack, 'PingIntegration', {
  apiId: socket.apiId,
  integrationType: 'MOCK',
  requestTemplates: { $default: '{"statusCode":200}' },
  templateSelectionExpression: '\\$default',
});
const ping = new apigw.CfnRoute(stack, 'PingRoute', {
  apiId: socket.apiId,
  routeKey: 'ping',
  routeResponseSelectionExpression: '$default',
  target: `integrations/${mock.ref}`,
});
new apigw.CfnIntegrationResponse(stack, 'PingIntegrationResponse', {
  apiId: socket.apiId,
  integrationId: mock.ref,
  integrationResponseKey: '$default',
  responseTemplates: { $default: '{"answer":"here"}' },
  templateSelectionExpression: '\\$default',
});
new apigw.CfnRouteResponse(stack, 'PingRouteResponse', {
  apiId: socket.apiId,
  routeId: ping.ref,
  routeResponseKey: '$default',
});

// Labels: the table's stream fills a queue, of which some messages fail at first.
const spoiled = new sqs.Queue(stack, 'Spoiled');
const labels = new sqs.Queue(stack, 'Labels', {
  visibilityTimeout: Duration.seconds(1),
  deadLetterQueue: { queue: spoiled, maxReceiveCount: 2 },
});
const ledger = handler('ledger', { environment: { TABLE: parcels.tableName, QUEUE_URL: labels.queueUrl } });
labels.grantSendMessages(ledger);
ledger.addEventSource(
  new eventSources.DynamoEventSource(parcels, {
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
    filters: [lambda.FilterCriteria.filter({ eventName: lambda.FilterRule.isEqual('INSERT') })],
  }),
);
const printer = handler('printer', { timeout: Duration.seconds(1) });
parcels.grantReadWriteData(printer);
printer.addEventSource(new eventSources.SqsEventSource(labels, { batchSize: 5, reportBatchItemFailures: true }));

// Photos: a bucket that tells when something is put in.
const photos = new s3.Bucket(stack, 'Photos', { removalPolicy: RemovalPolicy.DESTROY });
const clerk = handler('clerk', { onFailure: new destinations.SqsDestination(spoiled) });
parcels.grantReadWriteData(clerk);
photos.addEventNotification(s3.EventType.OBJECT_CREATED, new s3Notifications.LambdaDestination(clerk), {
  prefix: 'in/',
});
photos.grantReadWrite(desk);
desk.addEnvironment('PHOTOS', photos.bucketName);

// Patrol: a schedule.
const patrol = handler('patrol');
parcels.grantReadWriteData(patrol);
new events.Rule(stack, 'Rounds', {
  schedule: events.Schedule.expression('cron(* * * * ? *)'),
  targets: [new targets.LambdaFunction(patrol, { event: events.RuleTargetInput.fromObject({ beat: 'north' }) })],
});

// Depot: made once at deploy.
const founder = handler('founder');
parcels.grantReadWriteData(founder);
const depot = new CustomResource(stack, 'Depot', {
  serviceToken: founder.functionArn,
  resourceType: 'Custom::Depot',
  properties: { town: 'Riverside' },
});

// Site: static files and the desk behind one distribution.
const site = new s3.Bucket(stack, 'Site', { removalPolicy: RemovalPolicy.DESTROY });
const distribution = new cloudfront.Distribution(stack, 'Front', {
  defaultRootObject: 'index.html',
  defaultBehavior: { origin: origins.S3BucketOrigin.withOriginAccessControl(site) },
  additionalBehaviors: {
    '/parcels/*': {
      origin: new origins.HttpOrigin(`${http.apiId}.execute-api.${stack.region}.${stack.urlSuffix}`),
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    },
  },
});
new s3Deployment.BucketDeployment(stack, 'SiteFiles', {
  destinationBucket: site,
  sources: [
    s3Deployment.Source.asset(path.join(here, 'site')),
    s3Deployment.Source.jsonData('config.json', { vans: stage.url }),
  ],
});

const late = new cloudwatch.Alarm(stack, 'Late', { metric: desk.metricErrors(), threshold: 1, evaluationPeriods: 1 });
new cloudwatch.Dashboard(stack, 'Counter', {
  widgets: [
    [
      new cloudwatch.GraphWidget({
        title: 'Requests',
        left: [http.metricCount({ label: 'Desk' })],
        right: [
          new cloudwatch.MathExpression({ expression: 'all / PERIOD(all)', usingMetrics: { all: http.metricCount() } }),
        ],
        leftAnnotations: [{ value: 2, label: 'busy' }],
      }),
      new cloudwatch.SingleValueWidget({ title: 'Errors', metrics: [desk.metricErrors()] }),
      new cloudwatch.GraphWidget({ title: 'All', left: [new cloudwatch.MathExpression({ expression: 'SEARCH(a)' })] }),
    ],
    [new cloudwatch.TextWidget({ markdown: '**Calm:** few.' }), new cloudwatch.AlarmStatusWidget({ alarms: [late] })],
  ],
});

new CfnOutput(stack, 'SiteUrl', { value: `https://${distribution.distributionDomainName}` });
new CfnOutput(stack, 'DeskUrl', { value: http.apiEndpoint });
new CfnOutput(stack, 'VansUrl', { value: stage.url });
new CfnOutput(stack, 'DepotId', { value: depot.getAttString('DepotId') });
new CfnOutput(stack, 'SpoiledUrl', { value: spoiled.queueUrl });
