import { type ApiGatewayV2Client, GetStageCommand, UpdateStageCommand } from '@aws-sdk/client-apigatewayv2';
import * as z from 'zod/mini';

/** The stages of APIs, and the limits that the template gives them: requests per second, and the size of the bucket. */
export const ThrottledStages = z.array(
  z.object({ apiId: z.string(), stageName: z.string(), rateLimit: z.number(), burstLimit: z.number() }),
);
type ThrottledStages = z.output<typeof ThrottledStages>;

/**
 * Sets the limits of stages to a share of those of the template, 0 to 1. What else is set for all routes of a stage is left as it is, so it
 * is read first: "UpdateStage" doesn't say whether it would be kept. A deployment that changes the stage overwrites it.
 */
export async function throttle(client: ApiGatewayV2Client, stages: ThrottledStages, share: number): Promise<void> {
  for (const { apiId, stageName, rateLimit, burstLimit } of stages) {
    const stage = { ApiId: apiId, StageName: stageName };
    const { DefaultRouteSettings } = await client.send(new GetStageCommand(stage));
    await client.send(
      new UpdateStageCommand({
        ...stage,
        DefaultRouteSettings: {
          ...DefaultRouteSettings,
          ThrottlingRateLimit: Math.max(1, rateLimit * share),
          ThrottlingBurstLimit: Math.max(1, Math.floor(burstLimit * share)),
        },
      }),
    );
  }
}
