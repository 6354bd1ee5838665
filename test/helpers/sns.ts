import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

interface Endpoint {
  readonly application: string;
  token: string;
  enabled: boolean;
}

/** A notification that was published to an endpoint, parsed as SNS does. */
export interface Published {
  readonly endpointArn: string;
  readonly payload: ReturnType<typeof JSON.parse>;
  readonly attributes: Readonly<Record<string, string>>;
}

class SnsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** A local SNS for mobile push, with its query API. It refuses what SNS refuses. */
export async function startSns(applications: readonly string[]) {
  const endpoints = new Map<string, Endpoint>();
  const published: Published[] = [];
  const actions: string[] = [];
  const faults: { action: string; code: string; status: number }[] = [];

  const known = (arn: string): Endpoint => {
    const found = endpoints.get(arn);
    if (!found) throw new SnsError('NotFound', 'Endpoint does not exist');
    return found;
  };

  const operations: Record<string, (form: URLSearchParams) => string> = {
    CreatePlatformEndpoint(form) {
      const [application, token] = [form.get('PlatformApplicationArn') ?? '', form.get('Token') ?? ''];
      if (!applications.includes(application)) throw new SnsError('NotFound', 'PlatformApplication does not exist');
      if (token.startsWith('malformed')) throw new SnsError('InvalidParameter', `Invalid parameter: Token ${token}`);
      for (const [arn, endpoint] of endpoints)
        if (endpoint.token === token && endpoint.application === application) {
          const reason = `Endpoint ${arn} already exists with the same Token, but different attributes.`;
          if (!endpoint.enabled) throw new SnsError('InvalidParameter', `Invalid parameter: Token Reason: ${reason}`);
          return `<EndpointArn>${arn}</EndpointArn>`;
        }
      const arn = `${application.replace(':app/', ':endpoint/')}/${randomUUID()}`;
      endpoints.set(arn, { application, token, enabled: true });
      return `<EndpointArn>${arn}</EndpointArn>`;
    },
    SetEndpointAttributes(form) {
      const endpoint = known(form.get('EndpointArn') ?? '');
      const { Enabled, Token } = entriesOf(form, 'Attributes', 'key', 'value');
      endpoint.enabled = Enabled === 'true';
      endpoint.token = Token ?? endpoint.token;
      return '';
    },
    DeleteEndpoint(form) {
      endpoints.delete(form.get('EndpointArn') ?? '');
      return '';
    },
    Publish(form) {
      const endpointArn = form.get('TargetArn') ?? '';
      if (!endpoints.has(endpointArn))
        throw new SnsError('InvalidParameter', 'Invalid parameter: TargetArn Reason: No endpoint found for the target');
      if (!known(endpointArn).enabled) throw new SnsError('EndpointDisabled', 'Endpoint is disabled');
      const message: Record<string, string> = JSON.parse(form.get('Message') ?? '');
      const platform = /:endpoint\/(\w+)\//.exec(endpointArn)?.[1] ?? '';
      if (form.get('MessageStructure') !== 'json' || !message['default'])
        throw new SnsError('InvalidParameter', 'Message Structure - no default entry in JSON message body');
      const attributes = entriesOf(form, 'MessageAttributes', 'Name', 'Value.StringValue');
      published.push({ endpointArn, payload: JSON.parse(message[platform] ?? 'null'), attributes });
      return '<MessageId>1</MessageId>';
    },
  };

  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const action = form.get('Action') ?? '';
    actions.push(action);
    try {
      const fault = faults.find((one) => one.action === action);
      if (fault) throw new SnsError(fault.code, `Not now ${form.get('Token')}`, fault.status);
      const result = operations[action]?.(form);
      if (result === undefined) throw new SnsError('InvalidAction', action);
      response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
    } catch (error) {
      const { code, message, status } = error instanceof SnsError ? error : new SnsError('InternalError', '', 500);
      response.writeHead(status);
      response.end(`<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();

  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    endpoints,
    published,
    actions,
    /** The actions that fail. */
    faults,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function entriesOf(form: URLSearchParams, list: string, key: string, value: string): Record<string, string> {
  const entries: [string, string][] = [];
  for (let i = 1; form.has(`${list}.entry.${i}.${key}`); i++)
    entries.push([form.get(`${list}.entry.${i}.${key}`) ?? '', form.get(`${list}.entry.${i}.${value}`) ?? '']);
  return Object.fromEntries(entries);
}
