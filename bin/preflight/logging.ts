import { APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway';
import { bad, clientOptions, type Deployment, type Finding, good } from './finding.ts';

/** Whether API Gateway may write the access log of the WebSocket API, if the settings ask for one. */
export async function checkLogging({ settings, region }: Deployment): Promise<Finding[]> {
  if (!settings.accessLogs.socket) return [];
  const { cloudwatchRoleArn } = await new APIGatewayClient(clientOptions(region)).send(new GetAccountCommand({}));
  return [
    cloudwatchRoleArn
      ? good('API Gateway may write logs of the socket.')
      : bad(
          `API Gateway has no role for logs in ${region}, which accessLogs.socket needs: "Set up CloudWatch logging for WebSocket ` +
            'APIs in API Gateway".',
        ),
  ];
}
