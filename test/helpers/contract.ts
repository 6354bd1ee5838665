import { readFileSync } from 'node:fs';
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** A document in `docs/`, as a client's author has it. */
const read = (name: string): ReturnType<typeof JSON.parse> =>
  JSON.parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'));
const openapi = read('openapi.json');
const asyncapi = read('asyncapi.json');

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const options: Options = { strict: false, formats: { 'date-time': time, uuid: true, email: true } };
const http = new Ajv2020(options).addSchema(closed(openapi), 'document');
const socket = new Ajv(options).addSchema(closed(asyncapi), 'document');

/** Throws when openapi.json doesn't say that a call such as `GET /users/019…` may be answered like this. */
export function checkAnswer(call: string, status: number, body: unknown): void {
  const operation = operationOf(call);
  if (!operation) return;
  const { $ref, ...inline } = operation.responses[status] ?? unexpected(`${call} answered ${status}`);
  const { content, description } = $ref ? at(openapi, $ref) : inline;
  if (!content && body !== undefined) unexpected(`${call} has a body`);
  if (!content) return;
  const { schema } = content['application/json'] ?? content['application/problem+json'];
  check(http.getSchema(`document${schema.$ref}`), body, call);
  if (status >= 400) checkCode(description, body, call);
}

/** Throws when asyncapi.json doesn't name such a frame for the server to push, or to reply to an action with. */
export function checkFrame(frame: unknown, action: unknown = 'push'): void {
  if (typeof frame !== 'object' || frame === null) throw unexpected(`frame ${frame}`);
  const name = 'events' in frame ? 'events' : 'error' in frame ? 'error' : `${action}Ok`;
  check(socket.getSchema(`document#/components/messages/${name}/payload`), frame, `The frame for ${action}`);
  const operation = asyncapi.operations[`${action}`];
  if ('error' in frame && operation) checkCode(operation.description, frame.error, `The reply to ${action}`);
}

function operationOf(call: string) {
  const [method = '', path] = call.split(/[ ?]/);
  // A fixed path goes before one with parameters, as in API Gateway.
  const [found] = Object.keys(openapi.paths)
    .filter((template) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path ?? ''))
    .toSorted((a, b) => a.split('{').length - b.split('{').length);
  return found === undefined ? undefined : openapi.paths[found][method.toLowerCase()];
}

function check(validate: ValidateFunction | undefined, data: unknown, what: string): void {
  if (!validate) throw unexpected(`${what} is described nowhere:`);
  if (!validate(data)) unexpected(`${what}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(data)}`);
}

function checkCode(description: string, error: unknown, what: string): void {
  const { code } = Object(error);
  if (!description.includes(`\`${code}\``)) unexpected(`${what} failed with ${code}`);
}

function at(document: ReturnType<typeof JSON.parse>, ref: string) {
  return ref
    .split('/')
    .slice(1)
    .reduce((node, key) => node[key], document);
}

/** The schemas without room for properties that they don't name: clients would live with them, but nobody would know of them. */
function closed<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closed) as T;
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, closed(value)]);
  const open = 'properties' in node && !('additionalProperties' in node);
  return Object.fromEntries(open ? [...entries, ['additionalProperties', false]] : entries);
}

function unexpected(what: string): never {
  throw new Error(`Not in the documents of the contract (protocol/operations.ts, protocol/actions.ts): ${what}`);
}
