import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { parseProperties } from '../parse.ts';
import type { ResourceHandler, World } from '../types.ts';
import { Distribution } from './distribution.ts';
import { type Forwarding, ForwardingProperties, forwarding } from './forwarding.ts';
import { type HeadersPolicy, headersPolicy } from './headers-policy.ts';
import { listenOnLocalhost } from './listen.ts';
import { outputsPage } from './outputs-page.ts';
import { DistributionProperties, HeadersPolicyProperties } from './properties.ts';

export interface Distributions {
  readonly handlers: readonly ResourceHandler[];
  /** Where a person starts: the first distribution, or the page that lists the outputs. */
  readonly url: string;
  /** Lets visitors in: until all is ready they get 503. Outputs (by stack and name) are for the page of an app without one. */
  open(outputs: Record<string, Record<string, string>>): void;
}

/** Listens at once, so that a port in use is known before anything is made. @throws StackError when it is. */
export async function createDistributions(port: number, world: World): Promise<Distributions> {
  let front: RequestListener | undefined;
  let isOpen = false;
  const guarded =
    (serve: RequestListener): RequestListener =>
    (request, response) => {
      if (isOpen) serve(request, response);
      else response.writeHead(503, { 'Retry-After': '1' }).end('Starting …\n');
    };
  const atFront = guarded((request, response) => {
    // The app knows itself by one name; a page opened under another would be a stranger to it.
    const isElsewhere = request.headers.host !== undefined && !url.endsWith(`//${request.headers.host}`);
    if (isElsewhere && request.headers['sec-fetch-mode'] === 'navigate')
      response.writeHead(307, { Location: `${url}${request.url}` }).end();
    else front?.(request, response);
  });
  const url = await listenOnLocalhost(port, world, atFront);
  const policies = { headers: new Map<string, HeadersPolicy>(), forwarding: new Map<string, Forwarding>() };

  const distributions: ResourceHandler = {
    types: ['AWS::CloudFront::Distribution'],
    async create({ stack, logicalId, properties }) {
      const { DistributionConfig } = parseProperties(DistributionProperties, properties);
      const distribution = new Distribution(DistributionConfig, policies, world);
      const serve: RequestListener = (request, response) => void distribution.handle(request, response);
      const address = front ? await listenOnLocalhost(0, world, guarded(serve)) : url;
      front ??= serve;
      const id = createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 13);
      world.serveAt(`https://d${id}.cloudfront.net`, address);
      return {
        ref: `E${id.toUpperCase()}`,
        attributes: { Id: `E${id.toUpperCase()}`, DomainName: `d${id}.cloudfront.net` },
      };
    },
  };

  const headersPolicies: ResourceHandler = {
    types: ['AWS::CloudFront::ResponseHeadersPolicy'],
    async create({ stack, logicalId, properties }) {
      const id = `${stack}-${logicalId}`;
      policies.headers.set(
        id,
        headersPolicy(parseProperties(HeadersPolicyProperties, properties).ResponseHeadersPolicyConfig),
      );
      return { ref: id, attributes: { Id: id } };
    },
  };

  const forwardingPolicies: ResourceHandler = {
    types: ['AWS::CloudFront::CachePolicy', 'AWS::CloudFront::OriginRequestPolicy'],
    async create({ stack, logicalId, properties }) {
      const id = `${stack}-${logicalId}`;
      policies.forwarding.set(id, forwarding(parseProperties(ForwardingProperties, properties)));
      return { ref: id, attributes: { Id: id } };
    },
  };

  return {
    handlers: [distributions, headersPolicies, forwardingPolicies],
    url,
    open(outputs) {
      front ??= outputsPage(outputs);
      isOpen = true;
    },
  };
}
