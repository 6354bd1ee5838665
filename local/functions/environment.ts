import { credentials } from '../credentials.ts';
import type { FunctionSpec, ServiceName, World } from '../types.ts';

/**
 * The variables that a function finds, as on AWS, and where the local services are. AWS services that are not run here are
 * pointed at the local Lambda API, which refuses them, so that nothing ever calls AWS by mistake.
 */
export async function functionEnvironment(
  spec: FunctionSpec,
  services: Iterable<ServiceName>,
  world: World,
): Promise<NodeJS.ProcessEnv> {
  const endpoints: NodeJS.ProcessEnv = { AWS_ENDPOINT_URL: await world.endpoint('LAMBDA') };
  for (const service of services) endpoints[`AWS_ENDPOINT_URL_${service}`] = await world.endpoint(service);
  const variables = Object.entries(spec.environment).map(([key, value]) => [key, world.localize(value)]);
  return {
    // Source: AWS, "Working with Lambda environment variables".
    _HANDLER: spec.handler,
    AWS_REGION: world.region,
    AWS_DEFAULT_REGION: world.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMiB),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    LAMBDA_TASK_ROOT: spec.codeDir,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: process.env['PATH'],
    ...endpoints,
    ...Object.fromEntries(variables),
  };
}
