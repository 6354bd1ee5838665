import { type Filter, parseFilter } from '../../event-sources/filter.ts';
import { parsedJson } from '../../parse.ts';
import type { Attribute, Publication } from './topics.ts';

/** Parses a filter policy, which holds the attributes of messages, or their bodies ("Amazon SNS message filtering"). */
export function filterPolicy(policy: object | undefined, scope: 'MessageAttributes' | 'MessageBody') {
  if (!policy) return () => true;
  const matches: Filter = parseFilter(JSON.stringify(policy));
  return ({ Message, attributes = {} }: Publication): boolean => {
    if (scope === 'MessageAttributes') return matches(values(attributes));
    // What is no JSON is never delivered by a policy of bodies.
    const body = parsedJson(Message);
    return typeof body === 'object' && body !== null && matches(body);
  };
}

/** What is compared: texts, numbers, and the items of lists. A policy sees nothing of what is binary. */
function values(attributes: Readonly<Record<string, Attribute>>): Record<string, unknown> {
  const visible = Object.entries(attributes).filter(([, { Type }]) => !Type.startsWith('Binary'));
  return Object.fromEntries(visible.map(([name, attribute]) => [name, valueIn(attribute)]));
}

function valueIn({ Type, Value }: Attribute): unknown {
  if (Type.startsWith('Number')) return Number(Value);
  return Type === 'String.Array' ? parsedJson(Value) : Value;
}
