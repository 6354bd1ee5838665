import type { FunctionSpec, ServiceName, World } from '../types.ts';

/** What a function's worker gets of the stack around it. `frontPort` is the local port that is connected to instead of AWS. */
export type Surroundings = Awaited<ReturnType<typeof surroundingsOf>>;

type Services = Iterable<ServiceName>;

/**
 * Returns the surroundings of a function. Its variables are those that Lambda sets, and the endpoints of the local services. All other
 * AWS services are pointed at the front, which refuses their calls.
 */
export async function surroundingsOf(spec: FunctionSpec, services: Services, front: string, world: World) {
  const { assemblyDir } = world;
  const variables: NodeJS.ProcessEnv = await variablesOf(spec, services, front, world);
  return { variables, assemblyDir, frontPort: Number(new URL(front).port) };
}

async function variablesOf(spec: FunctionSpec, services: Services, front: string, world: World) {
  const endpoints: NodeJS.ProcessEnv = { AWS_ENDPOINT_URL: front };
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
    AWS_ACCESS_KEY_ID: world.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: world.credentials.secretAccessKey,
    LAMBDA_TASK_ROOT: spec.codeDir,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: process.env['PATH'],
    ...endpoints,
    ...Object.fromEntries(variables),
  };
}
