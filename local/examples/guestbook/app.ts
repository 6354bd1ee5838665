/** A guestbook: an HTTP API whose entries are in a table, and a queue whose messages become entries. */
import * as path from 'node:path';
import {
  App,
  aws_apigatewayv2 as apigw,
  CfnOutput,
  aws_dynamodb as dynamodb,
  aws_lambda_event_sources as eventSources,
  aws_apigatewayv2_integrations as integrations,
  aws_lambda as lambda,
  Stack,
  aws_sqs as sqs,
} from 'aws-cdk-lib';

const stack = new Stack(new App(), 'Guestbook');
const entries = new dynamodb.TableV2(stack, 'Entries', {
  partitionKey: { name: 'guest', type: dynamodb.AttributeType.STRING },
});
const handler = (name: string) =>
  new lambda.Function(stack, name, {
    code: lambda.Code.fromAsset(path.join(import.meta.dirname, 'handlers')),
    handler: `guestbook.${name}`,
    runtime: lambda.Runtime.NODEJS_24_X,
    environment: { TABLE: entries.tableName },
  });

const serve = handler('serve');
entries.grantReadWriteData(serve);
const api = new apigw.HttpApi(stack, 'Api', {
  defaultIntegration: new integrations.HttpLambdaIntegration('Serve', serve),
});

const letters = new sqs.Queue(stack, 'Letters');
const copy = handler('copy');
entries.grantReadWriteData(copy);
copy.addEventSource(new eventSources.SqsEventSource(letters));

new CfnOutput(stack, 'ApiUrl', { value: api.apiEndpoint });
new CfnOutput(stack, 'LettersUrl', { value: letters.queueUrl });
