import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { type LocalPage, localPath, serveLocalPages } from '../console/local-page.ts';
import { parseProperties } from '../parse.ts';
import type { ResourceHandler, World } from '../types.ts';
import { Distribution } from './distribution.ts';
import { type Forwarding, ForwardingProperties, forwarding } from './forwarding.ts';
import { type HeadersPolicy, headersPolicy } from './headers-policy.ts';
import { listenOnLocalhost } from './listen.ts';
import { outputsPage } from './outputs-page.ts';
import { DistributionProperties, HeadersPolicyProperties } from './properties.ts';
import { KeyGroupProperties, PublicKeyProperties } from './signed-urls.ts';

export interface Distributions {
  readonly handlers: readonly ResourceHandler[];
  /** The address to open: the first distribution with a root object, or else the page that lists the outputs. */
  readonly url: string;
  /** Starts to serve requests, which get 503 before. `outputs`, by stack and name, are shown for an app without a page. */
  open(outputs: Record<string, Record<string, string>>): void;
}

/** Listens at once, so that a port in use is noticed before any resource is created. @throws StackError if the port is in use. */
export async function createDistributions(
  port: number,
  world: World,
  pages: readonly LocalPage[],
): Promise<Distributions> {
  let front: RequestListener | undefined;
  let isOpen = false;
  const guarded =
    (serve: RequestListener): RequestListener =>
    (request, response) => {
      if (isOpen) serve(request, response);
      else response.writeHead(503, { 'Retry-After': '1' }).end('Starting …\n');
    };
  const showLocal = serveLocalPages(pages, world);
  const atFront = guarded((request, response) => {
    // The app allows one origin. A page that is opened under another host name (127.0.0.1) is redirected to it.
    const isElsewhere = request.headers.host !== undefined && !url.endsWith(`//${request.headers.host}`);
    if (isElsewhere && request.headers['sec-fetch-mode'] === 'navigate')
      response.writeHead(307, { Location: `${url}${request.url}` }).end();
    else if (request.url?.startsWith(localPath)) showLocal(request, response);
    else front?.(request, response);
  });
  const url = await listenOnLocalhost(port, world, atFront);
  world.pages.add(url);
  const policies = {
    headers: new Map<string, HeadersPolicy>(),
    forwarding: new Map<string, Forwarding>(),
    keys: new Map<string, string>(),
    groups: new Map<string, readonly string[]>(),
  };

  const distributions: ResourceHandler = {
    types: ['AWS::CloudFront::Distribution'],
    async create({ stack, logicalId, properties }) {
      const { DistributionConfig } = parseProperties(DistributionProperties, properties);
      for (const alias of DistributionConfig.Aliases)
        world.log.warn(`The name ${alias} of a distribution is not served here. What uses it talks to AWS.`);
      let distribution: Distribution | undefined;
      const serve: RequestListener = (request, response) => void distribution?.handle(request, response);
      const isFront = !front && DistributionConfig.DefaultRootObject !== '';
      if (isFront) front = serve;
      const mayRead = (origin: string, path: string) => distribution?.allowsOrigin(origin, path) ?? false;
      const address = isFront ? url : await listenOnLocalhost(0, world, guarded(serve), mayRead);
      distribution = new Distribution(DistributionConfig, policies, world, address);
      const id = idOf(stack, logicalId);
      if (DistributionConfig.DefaultRootObject !== '') world.pages.add(address);
      world.serveAt(`https://d${id.toLowerCase()}.cloudfront.net`, address);
      return {
        ref: `E${id}`,
        attributes: { Id: `E${id}`, DomainName: `d${id.toLowerCase()}.cloudfront.net` },
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

  const publicKeys: ResourceHandler = {
    types: ['AWS::CloudFront::PublicKey'],
    async create({ stack, logicalId, properties }) {
      const id = `K${idOf(stack, logicalId)}`;
      policies.keys.set(id, parseProperties(PublicKeyProperties, properties).PublicKeyConfig.EncodedKey);
      return { ref: id, attributes: { Id: id } };
    },
  };

  const keyGroups: ResourceHandler = {
    types: ['AWS::CloudFront::KeyGroup'],
    async create({ stack, logicalId, properties }) {
      const id = `${stack}-${logicalId}`;
      policies.groups.set(id, parseProperties(KeyGroupProperties, properties).KeyGroupConfig.Items);
      return { ref: id, attributes: { Id: id } };
    },
  };

  return {
    handlers: [distributions, headersPolicies, forwardingPolicies, publicKeys, keyGroups],
    url,
    open(outputs) {
      front ??= outputsPage(outputs);
      isOpen = true;
    },
  };
}

/** Returns an id that looks like CloudFront's and is the same at every start. */
function idOf(stack: string, logicalId: string): string {
  return createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 13).toUpperCase();
}
