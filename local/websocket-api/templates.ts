import { memberAt } from '../parse.ts';
import { StackError } from '../types.ts';
import type { RequestContext } from './events.ts';

const variable = /\$context\.([A-Za-z]+(?:\.\w+)?)/g;

export type Template = (context: RequestContext) => string;

/**
 * Compiles a mapping template of constant text and `$context` variables. Any other Velocity syntax is refused.
 * AWS: "WebSocket API mapping template reference for API Gateway".
 */
function compileTemplate(source: string): Template {
  if (/\$|#[a-z{#*@]/i.test(source.replace(variable, '')))
    throw new StackError(`the template ${source} isn't supported.`);
  return (context) => source.replace(variable, (_, path: string) => lookUp(context, path));
}

/**
 * Picks the template that a template selection expression names: a static key, or `\$default`. Templates under
 * `application/json` serve every message, as in AWS's own example of a MOCK integration.
 * AWS: "Data transformations for WebSocket APIs in API Gateway".
 */
export function selectTemplate(
  expression: string | undefined,
  templates: Readonly<Record<string, string>> = {},
): Template | undefined {
  if (expression !== undefined && !/^(\\\$)?[\w/.+-]+$/.test(expression)) {
    throw new StackError(`TemplateSelectionExpression: ${expression} isn't supported.`);
  }
  const key = expression?.replace('\\$', '$') ?? '$default';
  const source = templates[key] ?? templates['$default'] ?? templates['application/json'];
  return source === undefined ? undefined : compileTemplate(source);
}

/** Returns the value of `$context.<path>`. It is empty if there is no such variable, as in API Gateway. */
function lookUp(context: RequestContext, path: string): string {
  const value = memberAt(context, path.split('.'));
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
