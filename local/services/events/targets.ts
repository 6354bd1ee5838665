import * as z from 'zod/mini';
import { memberAt, parsedJson } from '../../parse.ts';
import type { World } from '../../types.ts';
import { sendTo } from '../send-to.ts';

/** A target of a rule or a schedule. */
export const target = z.object({
  Arn: z
    .string()
    .check(z.regex(/^arn:aws:(lambda|sqs|sns|logs):/, 'can be a function, a queue, a topic or a log group only')),
  Input: z.optional(z.string()),
  InputPath: z.optional(z.string()),
  InputTransformer: z.optional(
    z.object({ InputPathsMap: z._default(z.record(z.string(), z.string()), {}), InputTemplate: z.string() }),
  ),
});
export type Target = z.infer<typeof target>;

/** Sends an event to a target, or the input that the target has in its place. */
export function sendToTarget(to: Target, event: object, world: World): Promise<void> {
  return sendTo(world, to.Arn, inputOf(to, event));
}

/** "Amazon EventBridge input transformation": what a target gets of an event, as JSON. */
export function inputOf({ Input, InputPath, InputTransformer }: Target, event: object): string {
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) return JSON.stringify(at(event, InputPath) ?? null);
  if (!InputTransformer) return JSON.stringify(event);
  const { InputPathsMap, InputTemplate } = InputTransformer;
  const values: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(InputPathsMap).map(([name, path]) => [name, at(event, path)])),
    'aws.events.event': event,
    'aws.events.event.json': event,
    'aws.events.event.ingestion-time': new Date().toISOString(),
  };
  const filled = InputTemplate.replace(/<([\w.-]+)>/g, (_, name: string, offset: number) => {
    const value = values[name] ?? '';
    const quotes = InputTemplate.slice(0, offset).match(/(?<!\\)"/g)?.length ?? 0;
    if (quotes % 2 === 0) return JSON.stringify(value);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
  // A template that is no JSON is a text.
  return parsedJson(filled) !== undefined ? filled : JSON.stringify(filled);
}

/** Follows a path such as `$.detail.items[0].name`. */
function at(event: unknown, path: string): unknown {
  return memberAt(event, path.match(/[^.[\]'"$]+/g) ?? []);
}
