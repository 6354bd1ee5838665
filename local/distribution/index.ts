import { hash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { type LocalPage, localPath, serveLocalPages } from '../console/local-page.ts';
import { handle } from '../handle.ts';
import type { Properties, ResourceHandler, World } from '../types.ts';
import { type Distribution, serveDistribution } from './distribution.ts';
import { type Forwarding, forwarding } from './forwarding.ts';
import { type HeadersPolicy, headersPolicy } from './headers-policy.ts';
import { listenOnLocalhost } from './listen.ts';
import { outputsPage } from './outputs-page.ts';
import { DistributionProperties } from './properties.ts';
import { encodedKey, keysOfGroup } from './signed-urls.ts';

type Keep = (id: string, properties: Properties) => void;

export type Distributions = Awaited<ReturnType<typeof createDistributions>>;

/** Listens at once, so that a port in use is noticed before any resource is created. @throws StackError if the port is in use. */
export async function createDistributions(port: number, world: World, pages: readonly LocalPage[]) {
  let front: RequestListener | undefined;
  let isOpen = false;
  let shownOutputs: Record<string, Record<string, string>> = {};
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

  const type = 'AWS::CloudFront::Distribution';
  const distributions = handle(
    type,
    DistributionProperties,
    async ({ DistributionConfig }, _, { stack, logicalId }) => {
      for (const alias of DistributionConfig.Aliases)
        world.log.warn(`The name ${alias} of a distribution is not served here. What uses it talks to AWS.`);
      let distribution: Distribution | undefined;
      const serve: RequestListener = (request, response) => void distribution?.handle(request, response);
      const isFront = !front && DistributionConfig.DefaultRootObject !== '';
      if (isFront) front = serve;
      const mayRead = (origin: string, path: string) => distribution?.allowsOrigin(origin, path) ?? false;
      const address = isFront ? url : await listenOnLocalhost(0, world, guarded(serve), mayRead);
      distribution = serveDistribution(DistributionConfig, policies, world, address);
      const id = idOf(stack, logicalId);
      if (DistributionConfig.DefaultRootObject !== '') world.pages.add(address);
      const DomainName = `d${id.toLowerCase()}.cloudfront.net`;
      world.serveAt(`https://${DomainName}`, address);
      return { ref: `E${id}`, attributes: { Id: `E${id}`, DomainName } };
    },
  );

  /** Handles what distributions refer to by an id. */
  const named = (types: string[], keep: Keep, prefix?: string): ResourceHandler => ({
    types: types.map((type) => `AWS::CloudFront::${type}`),
    async create({ stack, logicalId, properties }) {
      const id = prefix === undefined ? `${stack}-${logicalId}` : prefix + idOf(stack, logicalId);
      keep(id, properties);
      return { ref: id, attributes: { Id: id } };
    },
  });

  return {
    handlers: [
      distributions,
      named(['ResponseHeadersPolicy'], (id, given) => policies.headers.set(id, headersPolicy(given))),
      named(['CachePolicy', 'OriginRequestPolicy'], (id, given) => policies.forwarding.set(id, forwarding(given))),
      named(['PublicKey'], (id, given) => policies.keys.set(id, encodedKey(given)), 'K'),
      named(['KeyGroup'], (id, given) => policies.groups.set(id, keysOfGroup(given))),
    ],
    /** The address to open: the first distribution with a root object, or else the page that lists the outputs. */
    url,
    /** Starts to serve requests, which get 503 before. `outputs`, by stack and name, are shown for an app without a page, the last that were given. */
    open(outputs: typeof shownOutputs): void {
      shownOutputs = outputs;
      front ??= outputsPage(() => shownOutputs);
      isOpen = true;
    },
  };
}

/** Returns an id that looks like CloudFront's and is the same at every start. */
function idOf(stack: string, logicalId: string): string {
  return hash('sha256', `${stack}/${logicalId}`).slice(0, 13).toUpperCase();
}
