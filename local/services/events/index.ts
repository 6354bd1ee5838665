import * as z from 'zod/mini';
import { physicalName } from '../../assembly/skipped.ts';
import { handle } from '../../handle.ts';
import { parsedJson } from '../../parse.ts';
import type { World } from '../../types.ts';
import type { HttpService } from '../http-service.ts';
import { operation, serveJsonApi } from '../json-api.ts';
import { busName, publishEvent } from './bus.ts';

export const entry = z.object({
  Source: z.string(),
  DetailType: z.string(),
  Detail: z.string(),
  EventBusName: z.optional(z.string()),
  Resources: z._default(z.array(z.string()), []),
  Time: z.optional(z.number()),
});
const entries = z.object({ Entries: z.array(z.unknown()).check(z.minLength(1), z.maxLength(10)) });

/** Starts EventBridge, with `PutEvents` ("PutEvents" in its API reference: an entry that is refused has an error of its own). */
export function startEventBridge(world: World): Promise<HttpService> {
  const put = (given: unknown) => {
    const { data, error } = entry.safeParse(given);
    if (!data) return { ErrorCode: 'InvalidArgument', ErrorMessage: z.prettifyError(error) };
    const detail = parsedJson(data.Detail);
    if (typeof detail !== 'object' || detail === null)
      return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const { Source: source, DetailType, Resources: resources, Time } = data;
    const time = Time && { time: new Date(1000 * Time) };
    const event = { source, 'detail-type': DetailType, detail, resources, ...time };
    return { EventId: publishEvent(world, busName(data.EventBusName), event) };
  };
  const PutEvents = operation(entries, ({ Entries }) => {
    const results = Entries.map(put);
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  });
  return serveJsonApi('EVENTBRIDGE', { PutEvents }, world);
}

/** Handles buses of events. There is always one called `default`. */
export const buses = handle('AWS::Events::EventBus', z.unknown(), async (_, world, resource) => {
  const name = physicalName(resource);
  const arn = `arn:aws:events:${world.region}:${world.account}:event-bus/${name}`;
  return { ref: name, attributes: { Arn: arn, Name: name } };
});
