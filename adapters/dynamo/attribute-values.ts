import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from 'aws-lambda';

/** An item in plain JavaScript values. */
export type Item = Record<string, NativeAttributeValue>;

/** An item in DynamoDB's JSON, as in requests, answers and streams. Bytes are in base64 ("DynamoDB low-level API"). */
export type WireItem = Record<string, AttributeValue>;

/**
 * Converts an item to DynamoDB's JSON. Properties that are undefined are left out. Throws if a number is not exact, if a set is empty
 * or if a value is of a class of its own.
 */
export function encodeItem(item: Item): WireItem {
  const entries: [string, AttributeValue][] = [];
  for (const [name, value] of Object.entries(item)) if (value !== undefined) entries.push([name, encodeValue(value)]);
  return Object.fromEntries(entries);
}

function encodeValue(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number' || typeof value === 'bigint') return { N: encodeNumber(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: encodeBytes(value) };
  if (Array.isArray(value)) return { L: value.filter((one) => one !== undefined).map(encodeValue) };
  if (value instanceof Set) return encodeSet([...value]);
  if (value instanceof Map) return { M: encodeItem(Object.fromEntries(value)) };
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value)))
    return { M: encodeItem(value) };
  throw new TypeError(`DynamoDB has no type for a value of ${typeof value}`);
}

function encodeSet(values: readonly unknown[]): AttributeValue {
  const [strings, numbers, bytes] = [values.filter(isString), values.filter(isNumber), values.filter(isBytes)];
  const all = [strings, numbers, bytes].find(({ length }) => length > 0 && length === values.length);
  if (all === strings) return { SS: strings };
  if (all === numbers) return { NS: numbers.map(encodeNumber) };
  if (all === bytes) return { BS: bytes.map(encodeBytes) };
  throw new TypeError('A set has to have values, of one type');
}

const isString = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number' || typeof value === 'bigint';
const isBytes = (value: unknown) => value instanceof Uint8Array;

/** DynamoDB has 38 digits. A number that JavaScript doesn't have exactly must be a bigint. */
function encodeNumber(value: number | bigint): string {
  if (typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER))
    throw new RangeError(`${value} is not exact`);
  return String(value);
}

function encodeBytes({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** Converts an item of DynamoDB's JSON to plain values. Bytes are a `Uint8Array`, and integers that a number can't hold a bigint. */
export function decodeItem(item: Readonly<WireItem>): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, decodeValue(value)]));
}

function decodeValue(value: AttributeValue): NativeAttributeValue {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return decodeNumber(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.B !== undefined) return decodeBytes(value.B);
  if (value.M !== undefined) return decodeItem(value.M);
  if (value.L !== undefined) return value.L.map(decodeValue);
  if (value.SS !== undefined) return new Set(value.SS);
  if (value.NS !== undefined) return new Set(value.NS.map(decodeNumber));
  if (value.BS !== undefined) return new Set(value.BS.map(decodeBytes));
  return null;
}

function decodeNumber(text: string): number | bigint {
  const value = Number(text);
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : BigInt(text);
}

function decodeBytes(base64: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = Buffer.from(base64, 'base64');
  return new Uint8Array(buffer, byteOffset, byteLength);
}
