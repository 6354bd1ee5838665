/**
 * The pattern that samples of WebSocket chats on AWS have in common: one table of connections, which each message scans for those of its
 * room, and a post by the SDK to each of them. It is measured beside this project, on the same local stack and in the same run.
 */
import * as path from 'node:path';
import {
  App,
  aws_apigatewayv2 as apigw,
  CfnOutput,
  aws_dynamodb as dynamodb,
  aws_apigatewayv2_integrations as integrations,
  aws_lambda as lambda,
  aws_lambda_nodejs as nodejs,
  Stack,
} from 'aws-cdk-lib';

const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' } });
const stack = new Stack(app, 'Baseline');

const tableOf = (id: string, partitionKey: string, sortKey?: string) =>
  new dynamodb.Table(stack, id, {
    partitionKey: { name: partitionKey, type: dynamodb.AttributeType.STRING },
    ...(sortKey !== undefined && { sortKey: { name: sortKey, type: dynamodb.AttributeType.STRING } }),
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  });
const connections = tableOf('Connections', 'connectionId');
const messages = tableOf('Messages', 'room', 'id');

function functionOf(handler: string): nodejs.NodejsFunction {
  const fn = new nodejs.NodejsFunction(stack, handler, {
    entry: path.join(import.meta.dirname, 'handlers.ts'),
    handler,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    // As much as the function `message` has, so that only the pattern differs.
    memorySize: 1_024,
    bundling: { bundleAwsSDK: true, minify: true },
    depsLockFilePath: path.join(import.meta.dirname, '../../package-lock.json'),
    environment: { CONNECTIONS_TABLE: connections.tableName, MESSAGES_TABLE: messages.tableName },
  });
  connections.grantReadWriteData(fn);
  messages.grantReadWriteData(fn);
  return fn;
}

const send = functionOf('send');
const route = (fn: nodejs.NodejsFunction) => ({
  integration: new integrations.WebSocketLambdaIntegration(`${fn.node.id}Integration`, fn),
});
const api = new apigw.WebSocketApi(stack, 'Api', {
  connectRouteOptions: route(functionOf('connect')),
  disconnectRouteOptions: route(functionOf('disconnect')),
});
api.addRoute('send', { ...route(send), returnResponse: true });
const stage = new apigw.WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'baseline', autoDeploy: true });
stage.grantManagementApiAccess(send);
send.addEnvironment('CALLBACK_URL', stage.callbackUrl);

new CfnOutput(stack, 'WsUrl', { value: stage.url });
