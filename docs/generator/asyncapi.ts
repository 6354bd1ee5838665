import { type Action, actions, commonErrors } from '#protocol/actions.ts';
import { type Code, codes } from '#protocol/failures.ts';
import { Beat, bearerPrefix, EventsFrame, Pong, ReplyError, re, subprotocol } from '#protocol/frames.ts';
import { limits } from '#protocol/limits.ts';
import { componentName, type Json, refTo } from './names.ts';
import { contractSchemas, type Schemas, used } from './schemas.ts';

const oks = Object.values<Action>(actions).flatMap(({ ok }) => ok ?? []);
const channel = { $ref: '#/channels/socket' };

/**
 * Returns the WebSocket API as an AsyncAPI 3.0 document. It is written from the server's side: `receive` is a frame that a client
 * sends, and `send` is one that the server sends.
 */
export async function asyncapi(version: string): Promise<Json> {
  const schemas = await contractSchemas('draft-7', [EventsFrame, Pong, ReplyError, ...oks]);
  const replies: Record<string, Json> = { ErrorReply: reply({ error: schemas.refTo(ReplyError) }, schemas) };
  const messages: Record<string, Json> = {
    events: {
      summary: 'Events, pushed to a socket',
      description:
        `The frame has at most ${limits.frameBytes} bytes. Each type of event has its own schema. ` +
        'Clients ignore types that they don’t know.',
      payload: schemas.refTo(EventsFrame),
    },
    error: {
      summary: 'The reply to a frame that failed',
      correlationId: { location: '$message.payload#/re' },
      payload: refTo('ErrorReply'),
    },
    beat: { summary: 'A heartbeat', payload: schemas.refTo(Beat) },
    pong: { summary: 'The answer to `ping`', payload: schemas.refTo(Pong) },
  };
  const operations: Record<string, Json> = {
    push: { action: 'send', channel, summary: 'Push events to a client', messages: [inChannel('events')] },
    beat: {
      action: 'receive',
      channel,
      summary: 'Keep the socket open. `ping` is answered with `pong`, and `keepalive` has no answer',
      messages: [inChannel('beat')],
      reply: { channel, messages: [inChannel('pong')] },
    },
  };
  for (const [name, { summary, frame, ok, errors }] of Object.entries<Action>(actions)) {
    messages[name] = { summary, correlationId: { location: '$message.payload#/id' }, payload: schemas.refTo(frame) };
    if (ok) {
      const replyName = `${componentName(name)}Reply`;
      replies[replyName] = reply({ ok: schemas.refTo(ok) }, schemas);
      messages[`${name}Ok`] = {
        summary: `The reply to \`${name}\``,
        correlationId: { location: '$message.payload#/re' },
        payload: refTo(replyName),
      };
    }
    operations[name] = {
      action: 'receive',
      channel,
      summary,
      description: `Errors:\n\n${meanings([...errors, ...commonErrors])}`,
      messages: [inChannel(name)],
      reply: { channel, messages: [...(ok ? [inChannel(`${name}Ok`)] : []), inChannel('error')] },
    };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'STORM: WebSocket API',
      version,
      description:
        'Actions of a client with their replies, and the events that the server pushes. The HTTP API is in openapi.json, and ' +
        'protocol.md says how the two work together.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      aws: {
        host: '{api}.execute-api.{region}.amazonaws.com',
        pathname: '/ws',
        protocol: 'wss',
        description: '`wsUrl` in the `/config.json` of the page, or the output WsUrl of the stack',
        variables: { api: { description: 'The id of the API' }, region: { description: 'The AWS region' } },
        security: [{ $ref: '#/components/securitySchemes/accessToken' }],
      },
    },
    channels: {
      socket: {
        summary: `One WebSocket with the subprotocol ${subprotocol}`,
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: {
          ws: {
            method: 'GET',
            headers: {
              type: 'object',
              properties: {
                'Sec-WebSocket-Protocol': {
                  description:
                    `\`${subprotocol}, ${bearerPrefix}<access token>\`. A program that sends the header \`Authorization\` offers ` +
                    `only \`${subprotocol}\`, or nothing.`,
                  type: 'string',
                },
              },
            },
            bindingVersion: '0.1.0',
          },
        },
      },
    },
    operations,
    components: {
      messages,
      schemas: used(messages, { ...schemas.all, ...replies }),
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'The access token goes into the header `Authorization`. Browsers, which can’t set it, offer the subprotocol ' +
            `\`${bearerPrefix}<access token>\` together with \`${subprotocol}\`. The token must never be in the URL.`,
        },
      },
    },
  };
}

function inChannel(message: string): Json {
  return { $ref: `#/channels/socket/messages/${message}` };
}

/** The schema of a reply: its `re`, and either `ok` or `error`. */
function reply(answer: Json, schemas: Schemas): Json {
  const properties = { re: schemas.refTo(re), ...answer };
  return { type: 'object', required: Object.keys(properties), properties };
}

function meanings(errors: readonly Code[]): string {
  return errors.map((code) => `- \`${code}\`: ${codes[code].message}`).join('\n');
}
