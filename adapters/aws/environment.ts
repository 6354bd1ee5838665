export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where a service is and who calls it. By default the environment of a function says it. */
export interface Access {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly credentials?: (() => Credentials) | undefined;
}

/** Reads the credentials of the environment. They are read for every request, because they may rotate. Throws if there are none. */
export function environmentCredentials(): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Error('The environment has no AWS credentials');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}

/** The region of the environment. Throws if there is none. */
export function environmentRegion(): string {
  const region = process.env['AWS_REGION'];
  if (!region) throw new Error('The environment has no AWS_REGION');
  return region;
}

/** The address of a service: `AWS_ENDPOINT_URL_…` if it is set, as for the SDK, else that of the region. */
export function endpointOf(variable: string, host: string): string {
  const given = process.env[`AWS_ENDPOINT_URL_${variable}`] || process.env['AWS_ENDPOINT_URL'];
  const region = environmentRegion();
  return given || `https://${host}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
