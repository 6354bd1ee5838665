import { actions, commonErrors } from '#protocol/actions.ts';
import { type Code, codes } from '#protocol/failures.ts';
import { Beat, bearerPrefix, EventsFrame, Pong, ReplyError, subprotocol } from '#protocol/frames.ts';
import { limits } from '#protocol/limits.ts';
import { contractSchemas, type Json, type Schemas, used } from './schemas.ts';

const channel = { $ref: '#/channels/socket' };

/** The WebSocket API as an AsyncAPI 3.0 document, from the server's side: it receives actions and sends replies and events. */
export async function asyncapi(version: string): Promise<Json> {
  const schemas = await contractSchemas('draft-7');
  const messages: Record<string, Json> = {
    events: {
      summary: 'What happened, pushed to a socket',
      description: `At most ${limits.frameBytes} bytes. Each kind of event is a schema; ignore kinds that are unknown.`,
      payload: schemas.refTo(EventsFrame),
    },
    error: {
      summary: 'The reply to a frame that could not be obeyed',
      correlationId: { location: '$message.payload#/re' },
      payload: reply({ error: schemas.refTo(ReplyError) }, schemas),
    },
    beat: { summary: 'A sign of life', payload: schemas.refTo(Beat) },
    pong: { summary: 'The answer to `ping`', payload: schemas.refTo(Pong) },
  };
  const operations: Record<string, Json> = {
    push: { action: 'send', channel, summary: 'Tell a client what happened', messages: [inChannel('events')] },
    beat: {
      action: 'receive',
      channel,
      summary: 'Keep the socket open: `ping` is answered by a pong, `keepalive` by nothing',
      messages: [inChannel('beat')],
      reply: { channel, messages: [inChannel('pong')] },
    },
  };
  for (const [name, { summary, frame, ok, errors }] of Object.entries(actions)) {
    messages[name] = { summary, correlationId: { location: '$message.payload#/id' }, payload: schemas.refTo(frame) };
    messages[`${name}Ok`] = {
      summary: `The reply to \`${name}\``,
      correlationId: { location: '$message.payload#/re' },
      payload: reply({ ok: ok ? schemas.refTo(ok) : { type: 'object' } }, schemas),
    };
    operations[name] = {
      action: 'receive',
      channel,
      summary,
      description: `Errors:\n\n${meanings([...errors, ...commonErrors])}`,
      messages: [inChannel(name)],
      reply: { channel, messages: [inChannel(`${name}Ok`), inChannel('error')] },
    };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'STORM: WebSocket API',
      version,
      description:
        'Sending, and what happens live. The HTTP API is in openapi.json, and how the two play together in protocol.md.',
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
        address: null,
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
                  description: `\`${subprotocol}, ${bearerPrefix}<access token>\`; of programs that send Authorization: \`${subprotocol}\`, or nothing.`,
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
      schemas: used(messages, schemas),
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `In the header \`Authorization\`, or, as browsers can, as a subprotocol \`${bearerPrefix}<access token>\` beside \`${subprotocol}\`. Never in the URL.`,
        },
      },
    },
  };
}

function inChannel(message: string): Json {
  return { $ref: `#/channels/socket/messages/${message}` };
}

/** A reply that has one thing to say. */
function reply(answer: Json, { all }: Schemas): Json {
  const { re } = Object(all['ReplyFrame']?.['properties']);
  return { type: 'object', required: ['re', ...Object.keys(answer)], properties: { re, ...answer } };
}

function meanings(errors: readonly Code[]): string {
  return errors.map((code) => `- \`${code}\`: ${codes[code].message}`).join('\n');
}
