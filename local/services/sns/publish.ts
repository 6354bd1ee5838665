import * as z from 'zod/mini';
import { parsedJson } from '../../parse.ts';
import { eachOfBatch } from '../batch.ts';
import { ServiceError } from '../error.ts';
import type { Xml } from '../xml.ts';
import type { Attribute, Publication } from './topics.ts';

/** The most bytes of a message with its attributes, and of all of a batch ("Publish" in the SNS API reference). */
const MAX_BYTES = 262_144;

type Send = (message: Publication) => string;

/** The operations that publish: from a form to the result. */
export const publications: Readonly<Record<string, (form: URLSearchParams, send: Send) => Xml>> = {
  Publish: (form, send) => ({ MessageId: send(publication(form, '')) }),
  PublishBatch(form, send) {
    const prefixes = numbered(form, 'PublishBatchRequestEntries.member.');
    const entries = prefixes.map((prefix) => ({ Id: form.get(`${prefix}Id`) ?? '', prefix }));
    const sendOne = ({ prefix }: { prefix: string }) => ({ MessageId: send(publication(form, prefix)) });
    const { Successful, Failed } = eachOfBatch(entries, sendOne);
    return { Successful: { member: Successful }, Failed: { member: Failed } };
  },
};

/** The prefixes of the members of a list in the query protocol, which counts from 1. */
function numbered(form: URLSearchParams, prefix: string): string[] {
  const numbers = [...form.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => Number.parseInt(key.slice(prefix.length), 10));
  return [...new Set(numbers)].toSorted((a, b) => a - b).map((number) => `${prefix}${number}.`);
}

const texts = z.looseObject({ default: z.string() });

function publication(form: URLSearchParams, prefix: string): Publication {
  const field = (name: string) => form.get(prefix + name) ?? undefined;
  const given = field('Message') ?? '';
  if (given === '') throw invalid('Empty message');
  const attributes = attributesOf(form, prefix);
  if (Buffer.byteLength(given + JSON.stringify(attributes)) > MAX_BYTES) throw invalid('Message too long');
  const message = { Message: given, Subject: field('Subject'), ...(Object.keys(attributes).length && { attributes }) };
  if (field('MessageStructure') !== 'json') return message;
  const { data } = texts.safeParse(parsedJson(given));
  if (!data) throw invalid('Message Structure - No default entry in JSON message body');
  const { default: Message, ...byProtocol } = data;
  return { ...message, Message, byProtocol: z.record(z.string(), z.string()).parse(byProtocol) };
}

function attributesOf(form: URLSearchParams, prefix: string): Record<string, Attribute> {
  const entries = numbered(form, `${prefix}MessageAttributes.entry.`).map((entry) => {
    const Type = form.get(`${entry}Value.DataType`) ?? '';
    const Value = form.get(`${entry}Value.StringValue`) ?? form.get(`${entry}Value.BinaryValue`) ?? '';
    if (!/^(String|Number|Binary)\b/.test(Type) || Value === '')
      throw new ServiceError('ParameterValueInvalid', `The attribute ${form.get(`${entry}Name`)} is not valid.`);
    return [form.get(`${entry}Name`) ?? '', { Type, Value }] as const;
  });
  return Object.fromEntries(entries);
}

const invalid = (what: string) => new ServiceError('InvalidParameter', `Invalid parameter: ${what}`);
