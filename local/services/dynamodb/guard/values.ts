import * as z from 'zod/mini';

/** An attribute value as JSON has it: its type and its value, such as `{"S": "text"}`; bytes are in base64. */
export const AttributeValue = z.record(z.string(), z.unknown());
export const Attributes = z.record(z.string(), AttributeValue);
export type AttributeValue = z.infer<typeof AttributeValue>;
export type Attributes = z.infer<typeof Attributes>;

/** The type and the value; that there is one type is for the server to check. */
export function typed(value: AttributeValue | undefined): { type: string; value: unknown } {
  const [type = '', content] = Object.entries(value ?? {})[0] ?? [];
  return { type, value: content };
}

/** As DynamoDB's messages have it. */
export function describeValue(value: AttributeValue | undefined): string {
  const { type, value: content } = typed(value);
  return `AttributeValue: {${type}:${content}}`;
}

/** The bytes of a key's value, by which DynamoDB orders strings and binary values. */
export function bytesOf(value: AttributeValue | undefined): Buffer {
  const { type, value: content } = typed(value);
  return Buffer.from(String(content), type === 'B' ? 'base64' : 'utf8');
}

/** Negative where `a` comes before `b` in a sort key's order; both are of one of the types S, N and B. */
export function compareValues(a: AttributeValue | undefined, b: AttributeValue | undefined): number {
  return typed(a).type === 'N'
    ? Number(typed(a).value) - Number(typed(b).value)
    : Buffer.compare(bytesOf(a), bytesOf(b));
}
