import { readFileSync } from 'node:fs';
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { securityHeaders } from '#lambdas/kit/security-headers.ts';
import { commonErrors } from '#protocol/actions.ts';
import { note } from './contract-coverage.ts';

/** Reads a document in `docs/`. */
const read = (name: string): ReturnType<typeof JSON.parse> =>
  JSON.parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'));
const openapi = read('openapi.json');
const asyncapi = read('asyncapi.json');

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const options: Options = {
  strict: false,
  formats: { 'date-time': time, uuid: true, 'idn-email': true, uri: true },
  // Each process compiles them, and uses them a few times. That the documents are valid is tested by test/unit/documents.test.ts.
  validateSchema: false,
  code: { optimize: false },
};
const http = new Ajv2020(options).addSchema(closed(openapi), 'document');
const socket = new Ajv(options).addSchema(closed(asyncapi), 'document');

interface Exchange {
  readonly request?: unknown;
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Throws when openapi.json doesn't say that a call such as `GET /users/019…` may be answered like this. */
export function checkCall(call: string, { request = {}, status, body, headers }: Exchange): void {
  const found = operationOf(call);
  if (!found) return;
  checkHeaders(call, headers);
  const { operation, route } = found;
  const { $ref, ...inline } = operation.responses[status] ?? unexpected(`${call} answered ${status}`);
  const { content, description } = $ref ? at(openapi, $ref) : inline;
  if (status >= 400) checkCode(description, body, call);
  else if (operation.requestBody) checkContent(operation.requestBody.content, request, `The body of ${call}`);
  if (content) checkContent(content, body, `The answer to ${call}`);
  else if (body !== undefined) unexpected(`${call} has a body`);
  if (status < 400) note('route', route);
}

/** Throws when asyncapi.json doesn't name such a frame for the server to push. */
export function checkPush(frame: unknown): void {
  checkMessage('events', frame);
  for (const { type } of Object(frame).events) note('event', type);
}

/** What a frame without an action of the contract may be answered with, as descriptions spell it. */
const anyFrameErrors = commonErrors.map((code) => `\`${code}\``).join();

/** Throws when asyncapi.json doesn't say that a frame may be answered like this. */
export function checkReply(frame: unknown, reply: object): void {
  const { action } = Object(frame);
  const failed = 'error' in reply;
  checkMessage(failed ? 'error' : `${action}Ok`, reply);
  if (failed) {
    const { description } = asyncapi.operations[action] ?? {};
    checkCode(description ?? anyFrameErrors, reply.error, `The reply to ${action}`);
  } else {
    checkMessage(action, frame);
    note('action', action);
  }
}

/** Throws when asyncapi.json doesn't name such a frame for a client to send, whose reply says nothing if all is well. */
export function checkUnanswered(frame: unknown): void {
  const { action } = Object(frame);
  checkMessage(action, frame);
  note('action', action);
}

/** Every answer has the headers of `securityHeaders`, but for those that may be cached. */
function checkHeaders(call: string, headers: Exchange['headers']): void {
  for (const [name, value] of Object.entries(securityHeaders)) {
    const may = name === 'cache-control' && String(headers[name]).startsWith('public');
    if (headers[name] !== value && !may) throw new Error(`${call} is answered with ${name}: ${headers[name]}`);
  }
}

function operationOf(call: string) {
  const [method = '', path] = call.split(/[ ?]/);
  // As in API Gateway, a fixed path takes precedence over one with parameters.
  const [found] = Object.keys(openapi.paths)
    .filter((template) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path ?? ''))
    .toSorted((a, b) => a.split('{').length - b.split('{').length);
  const operation = found === undefined ? undefined : openapi.paths[found][method.toLowerCase()];
  return operation && { operation, route: `${method} ${found}` };
}

function checkContent(content: Record<string, { schema: { $ref: string } }>, data: unknown, what: string): void {
  for (const { schema } of Object.values(content)) check(http.getSchema(`document${schema.$ref}`), data, what);
}

function checkMessage(name: string, frame: unknown): void {
  check(socket.getSchema(`document#/components/messages/${name}/payload`), frame, `The message ${name}`);
}

function check(validate: ValidateFunction | undefined, data: unknown, what: string): void {
  if (!validate) throw unexpected(`${what} is described nowhere`);
  if (!validate(data)) unexpected(`${what}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(data)}`);
}

function checkCode(description: string, error: unknown, what: string): void {
  const { code } = Object(error);
  if (!description.includes(`\`${code}\``)) unexpected(`${what} failed with ${code}`);
  note('code', code);
}

function at(document: ReturnType<typeof JSON.parse>, ref: string) {
  return ref
    .split('/')
    .slice(1)
    .reduce((node, key) => node[key], document);
}

/** The schemas without additional properties and values. Clients must ignore those, but here each has to be documented. */
function closed<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closed) as T;
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [
    key === 'x-extensible-enum' ? 'enum' : key,
    closed(value),
  ]);
  const open = 'properties' in node && !('additionalProperties' in node);
  return Object.fromEntries(open ? [...entries, ['additionalProperties', false]] : entries);
}

function unexpected(what: string): never {
  throw new Error(
    `Not in the documents of the contract: ${what}. If protocol/operations.ts or protocol/actions.ts says so: npm run documents.`,
  );
}
